import type { Look, Review, ReviewEdit, ReviewLine } from '@cacaw/client';
import type { ItemRow, Photo } from '@cacaw/core';
import type { BlobHash, ItemId } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';
import { liveItem } from '@cacaw/svelte';
import { createContext, untrack } from 'svelte';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { Drawing } from './drawing.svelte.ts';
import { readKnownItems, type Duplicate, type KnownItems } from './known-items.ts';
import { RemovedLines } from './removed-lines.ts';
import {
  isSaid,
  isUnnamed,
  itemsOf,
  nameAsOne,
  tickedOf,
  twinOf,
  valuesOf,
  withAdded,
  withDrawn,
  withEdit,
  withLineBack,
  withoutAdded,
  withSplit,
  withTick,
  withTicks,
} from './review-lines.ts';
import { readSettled } from './read-settled.ts';
import { Saving } from './review-saving.svelte.ts';

/** What is being typed gathers this long before it is kept. */
const keptAfterMs = 300;

/** The proposals for one item's photos on screen: what the person makes of them. */
export class ReviewView {
  readonly drawing: Drawing = new Drawing(this);
  readonly saving: Saving = new Saving(this);
  readonly removed: RemovedLines;
  readonly open: OpenCollection;
  readonly item: ItemId;
  readonly #live: ReturnType<typeof liveItem>;
  /** Undefined until the engine has answered, null while nothing is proposed. */
  #review = $state.raw<Review | null | undefined>();
  #known = $state.raw<KnownItems>();
  /** Names lines on screen, so that what is open of one stays open when others come before it or go. */
  #keys: number[] = [];
  #nextKey = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Must be called while a component is set up. */
  constructor(open: OpenCollection, item: ItemId) {
    this.open = open;
    this.item = item;
    this.removed = new RemovedLines(open.app.toasts);
    this.#live = liveItem(open.app.cacaw, item);
    $effect(() => {
      // Whatever is told of it anew may be that it was looked at again.
      void this.look;
      untrack(() => void this.#read());
    });
    $effect(() => () => {
      this.saving.stop();
      this.removed.close();
      void this.settle();
    });
  }

  get row(): ItemRow | null | undefined {
    return this.#live.current;
  }

  get review(): Review | null | undefined {
    return this.#review;
  }

  get look(): Look | undefined {
    return this.open.looks.find(({ item }) => item === this.item);
  }

  /** How many lines are ticked. */
  get ticked(): number {
    return this.#review ? tickedOf(this.#review).length : 0;
  }

  /** How many items they would become. */
  get count(): number {
    return this.#review ? itemsOf(this.#review) : 0;
  }

  /** What everything ticked is called as one item. */
  get nameAsOne(): string {
    return this.#review && this.row ? nameAsOne(this.#review, this.row) : '';
  }

  /** The first ticked line nobody has named; it cannot be saved. */
  get unnamed(): number {
    return this.#review?.lines.findIndex(isUnnamed) ?? -1;
  }

  /** What a line is called where it is spoken of: by its name, or else its number. */
  name(at: number): string {
    const line = this.#review?.lines[at];
    return (line && valuesOf(line).name.trim()) || `number ${at + 1}`;
  }

  key(at: number): number {
    return (this.#keys[at] ??= this.#nextKey++);
  }

  photo(at: number): Photo | undefined {
    const hash = this.#review?.lines[at]?.photo;
    return this.row?.photos.find((photo) => photo.hash === hash);
  }

  /** The first ticked line before this one that has one of its barcodes: most likely the same thing twice. */
  twin(at: number): number | undefined {
    return this.#review ? twinOf(this.#review, at) : undefined;
  }

  duplicate(at: number): Duplicate | undefined {
    const line = this.#review?.lines[at];
    return line && this.#known?.duplicateOf(line);
  }

  /** Items that have one of the photos already, or were made of it. */
  get ofSamePhoto(): readonly ItemRow[] {
    const photos = new Set(this.#review?.lines.map(({ photo }) => photo));
    return [...photos].flatMap((photo) => this.#known?.ofPhoto(photo) ?? []);
  }

  tick(at: number, isTicked: boolean): void {
    this.#change((review) => withTick(review, at, isTicked));
  }

  tickAll(isTicked: boolean): void {
    this.#change((review) => withTicks(review, isTicked));
  }

  edit(at: number, edit: ReviewEdit): void {
    this.#change((review) => withEdit(review, at, edit));
  }

  /** Adds a line of the person's own, of this photo, and says which it is. */
  add(photo: BlobHash): number {
    this.#change((review) => withAdded(review, photo));
    return (this.#review?.lines.length ?? 1) - 1;
  }

  /** Makes each further barcode of a line a line of its own. */
  split(at: number): void {
    this.drawing.end();
    const before = this.#review?.lines.length ?? 0;
    this.#change((review) => withSplit(review, at));
    const added = (this.#review?.lines.length ?? 0) - before;
    this.#keys.splice(at + 1, 0, ...Array.from({ length: added }, () => this.#nextKey++));
  }

  /** Says where a line's thing lies in its photo; undefined is where it was proposed. */
  draw(at: number, box: Box | undefined): void {
    this.#change((review) => withDrawn(review, at, box), keptAfterMs);
  }

  /** Keeps at once what was gathered. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#timer === undefined || !this.#review) return;
    this.#timer = undefined;
    await this.keep(this.#review);
  }

  /** Takes back a line of the person's own, and offers what they said in it again; `onback` is told where it stands then. */
  remove(at: number, onback: (at: number) => void): void {
    const line = this.#review?.lines[at];
    if (!line) return;
    this.drawing.end();
    const [key = this.#nextKey++] = this.#keys.splice(at, 1);
    this.#change((review) => withoutAdded(review, at));
    if (isSaid(line)) this.removed.offer(valuesOf(line).name.trim(), () => onback(this.#bringBack(at, line, key)));
  }

  /** A name as it is being typed. */
  type(at: number, name: string): void {
    this.#change((review) => withEdit(review, at, { name }), keptAfterMs);
  }

  choose(change: Partial<Pick<Review, 'isOne' | 'folderId'>>): void {
    this.drawing.end();
    this.#change((review) => ({ ...review, ...change }));
  }

  /** Looks again with what the person adds; what they have written stays with the same things. */
  async askAgain(prompt: string): Promise<void> {
    await this.settle();
    await this.#do('Ask again', () => this.open.app.cacaw.lookAgain(this.open.id, this.item, { prompt }));
  }

  /** Keeps what somebody makes of it, for this device to go on with. */
  keep(review: Review): Promise<void> {
    return this.#do('Keep the review', () => this.open.app.cacaw.keepReview(this.open.id, review));
  }

  /** There is nothing more to go through; what was decided is learned from where the collection learns. */
  async end(review: Review): Promise<void> {
    this.#review = null;
    await this.#do('End the review', () => this.open.app.cacaw.endReview(this.open.id, this.item, review));
  }

  /** Puts a line back where it stood, or last when there are fewer by now; says where that is. */
  #bringBack(before: number, line: ReviewLine, key: number): number {
    const at = Math.min(before, this.#review?.lines.length ?? 0);
    this.drawing.end();
    this.#keys.splice(at, 0, key);
    this.#change((review) => withLineBack(review, at, line));
    return at;
  }

  #change(make: (review: Review) => Review, afterMs = 0): void {
    if (!this.#review) return;
    this.#review = make(this.#review);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.settle(), afterMs);
  }

  async #read(): Promise<void> {
    const { app, id } = this.open;
    const fresh = await readSettled({
      keep: () => this.settle(),
      read: () => this.#do('Read the proposals', () => app.cacaw.review(id, this.item)),
      isChanged: () => this.#timer !== undefined && Boolean(this.#review),
    });
    const before = this.#review;
    if (fresh === undefined) return;
    // What is on screen is newer than what was kept of the same answers, and stays while others are asked for.
    if (!before || (fresh !== null && fresh.of !== before.of)) {
      this.drawing.end();
      this.#keys = [];
      this.#review = fresh;
    }
    const review = this.#review;
    // Read again also for what stays: the look may have ended because somebody else has made the items.
    if (review) this.#known = await this.#do('Look for duplicates', () => readKnownItems(app.cacaw, id, review));
  }

  async #do<Result>(doing: string, act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      this.open.app.report(error, doing);
      return undefined;
    }
  }
}

/** The review on screen, set by its route. */
export const [getReview, setReview] = createContext<ReviewView>();
