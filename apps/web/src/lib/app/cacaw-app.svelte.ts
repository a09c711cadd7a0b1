import type { Cacaw } from '@cacaw/client';
import type { Accounts, Arrival, Place } from '@cacaw/client/accounts';
import type { CollectionRow, Command, CommandResult } from '@cacaw/core';
import { newCommandId, type CollectionId, type CommandId, type Random } from '@cacaw/protocol';
import { liveCollections, type Live } from '@cacaw/svelte';
import { createContext } from 'svelte';
import { codeOf } from './code-of.ts';
import { Toasts } from './toasts.svelte.ts';

/** The browser's own randomness, for ids made on this page. */
export const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };

interface Unsaved {
  readonly command: Command;
  readonly id: CommandId;
  readonly doing: string;
}

interface Undoable {
  readonly commands: readonly CommandId[];
  readonly collection: CollectionId;
  readonly doing: string;
  /** What comes back besides what the commands did. */
  readonly after?: () => Promise<void>;
}

/** An offer to take something back stays this long; Control+Z offers it for the whole visit. */
const undoableMs = 15_000;

/** What every screen shares: the engine, this device's collections, messages, the undo stack and the state of storage. */
export class CacawApp {
  readonly cacaw: Cacaw;
  /** The accounts of this browser; the engine shows the data of the one at `place`. */
  readonly accounts: Promise<Accounts>;
  readonly toasts: Toasts = new Toasts();
  /** True once the server has said that the account of this page is no longer there. */
  isAccountGone: boolean = $state(false);
  readonly #collections: Live<readonly CollectionRow[] | undefined>;
  #unsaved = $state.raw<readonly Unsaved[]>([]);
  #undoable: Undoable[] = [];
  readonly #running = new Set<Promise<CommandResult>>();
  #name = $state('');
  #place = $state.raw<Place>();
  #isMoving = false;

  constructor(cacaw: Cacaw, accounts: Promise<Accounts>) {
    this.cacaw = cacaw;
    this.accounts = accounts;
    this.#collections = liveCollections(cacaw);
  }

  /** Reads the name others see from the device, and follows sign-ins. A database that is somebody else's is not shown: the registry is mended. */
  async start(): Promise<void> {
    const accounts = await this.accounts;
    this.#place = accounts.place;
    // Another tab signed in or out: nothing of the account before stays in the memory of this one.
    accounts.onMove(() => {
      if (!this.#isMoving) location.reload();
    });
    accounts.onSignedIn(() => this.cacaw.retry());
    try {
      this.#name = await this.cacaw.name();
      const { username } = accounts.place;
      if (username !== '' && username !== this.#name) await this.rename(username);
    } catch (error) {
      if (codeOf(error) !== 'foreign') throw error;
      await accounts.mend();
      location.reload();
    }
  }

  /** Signs in or out by `act`, after which this page decides by itself where it goes on. */
  async move<Result extends Arrival>(act: (accounts: Accounts) => Promise<Result>): Promise<Result> {
    const accounts = await this.accounts;
    this.#isMoving = true;
    let moved = false;
    try {
      const arrival = await act(accounts);
      // The registry may tell of it later than the act does; the page is on its way elsewhere by then.
      moved = arrival.kind === 'moved';
      return arrival;
    } finally {
      this.#isMoving = moved;
    }
  }

  /** Whose data this page shows; undefined until the registry has answered. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** Undefined until the store has answered. */
  get collections(): readonly CollectionRow[] | undefined {
    return this.#collections.current;
  }

  /** Edits the full device could not keep yet; not empty means the banner shows. */
  get unsaved(): readonly Unsaved[] {
    return this.#unsaved;
  }

  get name(): string {
    return this.#name;
  }

  async rename(name: string): Promise<void> {
    await this.cacaw.setName(name);
    this.#name = name;
  }

  /** Resolves when the edit is kept. A full device keeps the command for `retryUnsaved` and rethrows. */
  async run(command: Command, doing: string, id: CommandId = newCommandId(random)): Promise<CommandResult> {
    const kept = this.cacaw.run(command, id);
    this.#running.add(kept);
    try {
      return await kept;
    } catch (error) {
      if (codeOf(error) === 'full') this.#unsaved = [...this.#unsaved, { command, id, doing }];
      throw error;
    } finally {
      this.#running.delete(kept);
    }
  }

  /** Resolves when every edit begun so far is kept or refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Runs a command and tells the person if it failed; null then. */
  async attempt(command: Command, doing: string): Promise<CommandResult | null> {
    try {
      return await this.run(command, doing);
    } catch (error) {
      this.report(error, doing);
      return null;
    }
  }

  /** Runs a command that can be taken back, and offers it. */
  async attemptUndoable(
    command: Exclude<Command, { type: 'createCollection' }>,
    doing: string,
    done: string,
    after?: Undoable['after'],
  ): Promise<CommandResult | null> {
    const result = await this.attempt(command, doing);
    if (result) this.offerUndo({ commands: [result.id], collection: command.collection, doing, ...(after && { after }) }, done);
    return result;
  }

  offerUndo(undoable: Undoable, done: string): void {
    this.#undoable.push(undoable);
    this.toasts.show(done, { lastsMs: undoableMs, action: { label: 'Undo', run: () => void this.undo(undoable) } });
  }

  /** Takes back the newest undoable act of this collection; false when there is none. */
  undoLast(collection: CollectionId): boolean {
    const last = this.#undoable.findLast((undoable) => undoable.collection === collection);
    if (last) void this.undo(last);
    return last !== undefined;
  }

  async undo(undoable: Undoable): Promise<void> {
    this.#undoable = this.#undoable.filter((other) => other !== undoable);
    const { collection, commands, doing, after } = undoable;
    const result = await this.attempt({ type: 'undo', collection, commands }, `Undo “${doing}”`);
    if (!result) return;
    this.toasts.show(`Undone: ${doing}`);
    await after?.();
  }

  /** Runs the edits again that a full device refused, oldest first, under their own ids. The banner stays until each is kept. */
  async retryUnsaved(): Promise<void> {
    for (const edit of this.#unsaved) {
      const { command, id, doing } = edit;
      const error: unknown = await this.cacaw.run(command, id).then(
        () => undefined,
        (fault: unknown) => fault,
      );
      if (codeOf(error) === 'full') continue;
      this.#unsaved = this.#unsaved.filter((other) => other !== edit);
      if (error !== undefined) this.report(error, doing);
    }
    if (this.#unsaved.length === 0) this.toasts.show('Saved on this device');
  }

  report(error: unknown, doing: string): void {
    // A full device has its banner.
    if (codeOf(error) !== 'full') void this.#tell(error, doing);
  }

  async #tell(error: unknown, doing: string): Promise<void> {
    const { describeFailure } = await import('./failures.ts');
    this.toasts.show(describeFailure(error, doing).text, { tone: 'error' });
  }
}

/** The app of this tab, set by the root layout. */
export const [getApp, setApp] = createContext<CacawApp>();
