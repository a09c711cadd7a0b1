import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { EraseAccountBody, MemberAnswer } from '@cacaw/protocol/http';
import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { calls } from '../calls.ts';
import { eraseHere } from '../enter.ts';
import { Submission } from '../submission.svelte.ts';

/** A collection this account owns that others are in: it is handed over or deleted. */
export interface SharedCollection {
  readonly id: CollectionId;
  readonly name: string;
  /** Who could have it: members with an account. */
  readonly heirs: readonly MemberAnswer[];
  readonly others: number;
}

/** Deleting the account on screen: what must be decided first, and what has been. */
export class AccountErasure {
  readonly submission: Submission = new Submission();
  /** Reading what must be decided; apart, so that it wipes no refusal off the screen. */
  readonly reading: Submission = new Submission();
  readonly #app: CacawApp;
  #shared = $state.raw<readonly SharedCollection[]>();
  /** Per collection the heir's id, or `delete`; nothing is chosen beforehand. */
  readonly choices: { [collection: string]: string } = $state({});
  /** What the only operator says: nobody runs the server from then on. */
  leavesNoOperator: boolean = $state(false);

  constructor(app: CacawApp) {
    this.#app = app;
  }

  /** Undefined until the server has said who is in what. */
  get shared(): readonly SharedCollection[] | undefined {
    return this.#shared;
  }

  get isDecided(): boolean {
    return this.#shared?.every(({ id }) => (this.choices[id] ?? '') !== '') === true;
  }

  async load(): Promise<void> {
    const own = (this.#app.collections ?? []).filter((row) => row.role === 'owner' && row.mode === 'sync' && row.gone === null);
    const shared = await this.reading.run(async () => {
      const found = await Promise.all(
        own.map(async ({ id, name }) => {
          const others = (await this.#app.cacaw.members(id)).filter(({ accountId }) => accountId !== this.#app.place?.account);
          return { id, name, heirs: others.filter(({ isGuest }) => !isGuest), others: others.length };
        }),
      );
      return found.filter(({ others }) => others > 0);
    });
    this.#shared = shared ?? this.#shared;
  }

  /** Erases the account and this device's copy of it, and leads to where that is said; false when the server refused, and nothing has changed then. */
  async erase(email: string, password: string): Promise<boolean> {
    const collections = Object.fromEntries(
      Object.entries(this.choices).map(([id, choice]) => [
        id,
        choice === 'delete' ? ('delete' as const) : { transferTo: choice as AccountId },
      ]),
    );
    const body: EraseAccountBody = {
      email: email.trim(),
      collections,
      ...(password === '' ? {} : { password }),
      ...(this.leavesNoOperator ? { leavesNoOperator: true } : {}),
    };
    if (!(await this.submission.did(() => calls.erase(body)))) return false;
    await eraseHere(this.#app);
    return true;
  }
}
