import type { Review } from '@cacaw/client';
import type { CommandId } from '@cacaw/protocol';
import { draftsOf } from './crop-photos.ts';
import { changeOf, isTouched, tickedOf, withTicks } from './review-lines.ts';
import type { ReviewView } from './review-view.svelte.ts';
import { isBareShelfPhoto } from './shelf-name.ts';

/** What saving needs of the review on screen. */
type Saved = Pick<ReviewView, 'open' | 'item' | 'row' | 'look' | 'review' | 'count' | 'unnamed' | 'removed' | 'settle' | 'keep' | 'end'>;

/** The ways out of a review: the ticked lines become items, one each or one of all, or none of them does. Each can be taken back. */
export class Saving {
  readonly #view: Saved;
  /** Crops made so far, while they are being saved. */
  #progress = $state.raw<{ readonly done: number; readonly of: number } | undefined>();
  #trashes = $state<boolean | undefined>();
  #stopping: AbortController | undefined;

  constructor(view: Saved) {
    this.#view = view;
  }

  get progress(): { readonly done: number; readonly of: number } | undefined {
    return this.#progress;
  }

  /** The photo's own item goes to the trash once its things are items. */
  get trashes(): boolean {
    const { row } = this.#view;
    return this.#trashes ?? (row ? isBareShelfPhoto(row) : false);
  }

  set trashes(trashes: boolean) {
    this.#trashes = trashes;
  }

  /** Makes the ticked lines items, in one step that can be taken back; true when they are. */
  async save(): Promise<boolean> {
    const { review, count, unnamed } = this.#view;
    if (!review || this.#progress || count === 0 || unnamed >= 0) return false;
    this.#view.removed.close();
    await this.#view.settle();
    const after = this.#broughtBack(review);
    const isSaved = review.isOne ? await this.#saveAsOne(review, after) : await this.#saveEach(review, after);
    if (isSaved) await this.#view.end(review);
    return isSaved;
  }

  /** Nothing has been kept of what is being saved until all of it is. */
  stop(): void {
    this.#stopping?.abort();
  }

  /** Makes no item of it; the photo stays. Where the collection learns, it learns that none of it was wanted. */
  async giveUp(): Promise<boolean> {
    const { review, open, item } = this.#view;
    if (!review) return false;
    await this.#view.settle();
    const done = await open.app.attemptUndoable(
      { type: 'editItem', collection: open.id, item, change: { look: null } },
      'Save none of it',
      'Nothing was saved. The photo stays in the list.',
      this.#broughtBack(review),
    );
    if (done) await this.#view.end(withTicks(review, false));
    return done !== null;
  }

  async #saveEach(review: Review, after: () => Promise<void>): Promise<boolean> {
    const { open, item } = this.#view;
    const { app, id } = open;
    const lines = tickedOf(review);
    const what = lines.length === 1 ? '1 item' : `${lines.length.toLocaleString()} items`;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#progress = { done: 0, of: lines.length };
    try {
      const onMade = (done: number): void => void (this.#progress = { done, of: lines.length });
      const drafts = await draftsOf(this.#view, review, { signal: stopping.signal, onMade });
      if (stopping.signal.aborted) return false;
      const instead = this.trashes ? { insteadOf: item } : {};
      const result = await app.attempt({ type: 'addItems', collection: id, drafts, ...instead }, `Save ${what}`);
      if (!result) return false;
      const commands = [result.id, ...(this.trashes ? [] : await this.#endLook())];
      app.offerUndo({ commands, collection: id, doing: `Save ${what}`, after }, `${what} saved`);
      return true;
    } catch (error) {
      app.report(error, `Save ${what}`);
      return false;
    } finally {
      this.#progress = undefined;
    }
  }

  async #endLook(): Promise<readonly CommandId[]> {
    const { open, item } = this.#view;
    const result = await open.app.attempt({ type: 'editItem', collection: open.id, item, change: { look: null } }, 'End the review');
    return result ? [result.id] : [];
  }

  async #saveAsOne(review: Review, after: () => Promise<void>): Promise<boolean> {
    const { open, item, row } = this.#view;
    const { app, id } = open;
    const change = row && changeOf(review, row);
    if (!change) return false;
    const name = change.change.name ?? row.name;
    const moved = review.folderId === row.folderId ? null : review.folderId;
    const doing = `Save “${name}”`;
    const result = await app.attempt({ type: 'editItem', collection: id, item, ...change }, doing);
    if (!result) return false;
    const move = moved === null ? null : await app.attempt({ type: 'moveItems', collection: id, items: [item], folderId: moved }, doing);
    const commands = [result.id, ...(move ? [move.id] : [])];
    app.offerUndo({ commands, collection: id, doing, after }, `“${name}” saved`);
    return true;
  }

  /** What the person has made of the proposals comes back with them; asked before they leave. */
  #broughtBack(review: Review): () => Promise<void> {
    if (!isTouched(review) && this.#view.look?.isBegun !== true) return () => Promise.resolve();
    return () => this.#view.keep(review);
  }
}
