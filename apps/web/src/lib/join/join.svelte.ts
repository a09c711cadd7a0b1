import { goto } from '$app/navigation';
import type { Invitation } from '@cacaw/client';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import { Submission } from '../account/submission.svelte.ts';
import type { CacawApp } from '../app/cacaw-app.svelte.ts';
import { dropInvite, keepInvite, keptInvite } from './kept-invite.ts';

/** An invite somebody opened: what it offers, and coming in by it. */
export class Join {
  readonly submission: Submission = new Submission();
  readonly #app: CacawApp;
  readonly #collection: CollectionId;
  #link = '';
  #offer = $state.raw<Invitation>();
  #isMissing = $state(false);

  constructor(app: CacawApp, collection: CollectionId) {
    this.#app = app;
    this.#collection = collection;
  }

  /** Undefined until the server has answered. */
  get offer(): Invitation | undefined {
    return this.#offer;
  }

  /** The address alone says nothing: its secret is neither in it nor kept here. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  get me(): AccountId | null | undefined {
    return this.#app.place?.account;
  }

  /** Reads the link this page was opened by, or the one kept while its holder signed up; goes in at once where they are in already. */
  async look(opened: string): Promise<void> {
    if (opened !== '') keepInvite(localStorage, { collection: this.#collection, link: opened }, Date.now());
    this.#link = opened || (keptInvite(localStorage, this.#collection, Date.now()) ?? '');
    this.#isMissing = this.#link === '';
    if (this.#isMissing) return;
    this.#offer = await this.submission.run(() => this.#app.cacaw.lookInvite(this.#link));
    if (this.submission.code === 'unknown-link' || this.submission.code === 'bad-link') dropInvite(localStorage);
    if (this.#offer?.isHere === true) await this.#enter(this.#collection);
  }

  /** Comes in without an account, to look; the others see `name`. */
  async lookAround(name: string): Promise<void> {
    if (await this.submission.did(() => this.#app.rename(name.trim() || 'Guest'))) await this.accept();
  }

  /** Comes in as the account of this browser. */
  async accept(): Promise<void> {
    const collection = await this.submission.run(() => this.#app.cacaw.acceptInvite(this.#link));
    if (collection !== undefined) await this.#enter(collection);
  }

  async #enter(collection: CollectionId): Promise<void> {
    dropInvite(localStorage);
    await goto(`/c/${collection}`, { replace: true });
  }
}
