import type { ItemRow } from '@cacaw/core';
import { readRows, type DeviceStore, type RowsChange } from '@cacaw/core/device';
import type { Clock, CollectionId } from '@cacaw/protocol';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import type { PhotoAnswer, PhotoQuestion, StorageReport } from './photo-calls.ts';
import { readPhoto } from './reader.ts';

/** What looking ahead works with. */
export interface AheadPorts {
  readonly store: DeviceStore;
  readonly network: Network;
  readonly clock: Clock;
  /** From the relay, kept as a copy. */
  readonly fetch: (question: PhotoQuestion) => Promise<PhotoAnswer>;
  readonly storage: () => Promise<StorageReport>;
  /** What is to be sent goes first. */
  readonly isSending: () => boolean;
  readonly onRows: (listener: (change: RowsChange) => void) => Stop;
  readonly onError: (error: unknown) => void;
}

/** Fetches the small squares of collections somebody looks at before they are asked for, so that a list shows them with no network. */
export interface PhotosAhead {
  /** These are open, and what they hold has arrived. */
  look(open: readonly CollectionId[]): void;
  close(): Promise<void>;
}

/** Looks ahead from when it is told what is open. */
export const createPhotosAhead = (ports: AheadPorts): PhotosAhead => new IdleAhead(ports);

/** What a person does in this time goes first. */
const idleMs = 1_000;
/** Between two squares: what a person asks for never waits behind more than one. */
const pauseMs = 200;
/** After what was in the way, or an answer that did not come. */
const againMs = 60_000;
/** Half of what squares may take: looking ahead pushes out nothing that was seen. */
const mostBytes = 64 * 1024 * 1024;
/** Of one collection. */
const mostSquares = 5_000;

/**
 * 1. One square at a time, covers before other photos, and none while photos are being sent, on a network that is metered or slow, or
 *    on a device that begins to be full.
 * 2. The rows of a collection are read once, batch by batch; afterwards only rows that change are looked at.
 */
class IdleAhead implements PhotosAhead {
  readonly #ports: AheadPorts;
  readonly #stops: readonly Stop[];
  readonly #wanted = new Map<CollectionId, Wanted>();
  #open: ReadonlySet<CollectionId> = new Set();
  #measuredAt = -Infinity;
  /** Bytes of squares there is room for. */
  #left = 0;
  #cancelTimer: Stop | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(ports: AheadPorts) {
    this.#ports = ports;
    this.#stops = [ports.onRows((change) => this.#rowsChanged(change)), ports.network.onChange(() => this.#soon(idleMs))];
  }

  look(open: readonly CollectionId[]): void {
    this.#open = new Set(open);
    this.#soon(idleMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    for (const stop of this.#stops) stop();
    await this.#running;
  }

  #rowsChanged({ collection, items }: RowsChange): void {
    const wanted = this.#wanted.get(collection);
    if (wanted === undefined) return;
    for (const [, row] of items) if (row !== null) wanted.add(row);
    if (!wanted.isEmpty) this.#soon(idleMs);
  }

  #soon(afterMs: number): void {
    if (this.#isClosed || this.#running !== undefined || this.#open.size === 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#ports.clock.after(afterMs, () => {
      this.#cancelTimer = undefined;
      this.#running = this.#step()
        .catch((error: unknown) => (this.#isClosed || this.#ports.onError(error), undefined))
        .then((againAfterMs) => {
          this.#running = undefined;
          if (againAfterMs !== undefined) this.#soon(againAfterMs);
        });
    });
  }

  /** Answers when to go on; undefined: when something changes. */
  async #step(): Promise<number | undefined> {
    const unread = [...this.#open].find((collection) => this.#wanted.get(collection)?.isRead !== true);
    if (unread !== undefined) return this.#readSome(unread);
    const question = await this.#next();
    if (question === undefined) return undefined;
    if (!(await this.#isTime())) return againMs;
    const answer = await this.#ports.fetch(question);
    if (answer.state !== 'offline') this.#wanted.get(question.collection)?.drop(question);
    if (answer.state === 'here') this.#left -= answer.blob.size;
    return answer.state === 'offline' ? againMs : pauseMs;
  }

  /** A batch at a time: a hundred thousand rows at once would hold up whoever reads others. */
  async #readSome(collection: CollectionId): Promise<number> {
    const wanted = this.#wanted.get(collection) ?? new Wanted(collection, readRows(this.#ports.store, collection));
    this.#wanted.set(collection, wanted);
    await wanted.readSome();
    return pauseMs;
  }

  /** The first square that is not here yet. */
  async #next(): Promise<PhotoQuestion | undefined> {
    for (const collection of this.#open) {
      const wanted = this.#wanted.get(collection);
      for (let first = wanted?.first; first !== undefined && !this.#isClosed; first = wanted?.first) {
        if ((await readPhoto(this.#ports.store, first)) === undefined) return first;
        wanted?.drop(first);
      }
    }
    return undefined;
  }

  async #isTime(): Promise<boolean> {
    const { network, isSending, clock } = this.#ports;
    if (!network.online || network.isMetered === true || network.isSlow === true || isSending()) return false;
    if (this.#measuredAt + againMs <= clock.now()) await this.#measure();
    return this.#left > 0 && !this.#isClosed;
  }

  /** Seldom: it looks at everything that is here. */
  async #measure(): Promise<void> {
    this.#measuredAt = this.#ports.clock.now();
    const { level, thumbnails } = await this.#ports.storage();
    this.#left = level === 'plenty' ? mostBytes - thumbnails : 0;
  }
}

/** The squares of one collection, covers first. */
class Wanted {
  readonly #collection: CollectionId;
  readonly #rows: AsyncGenerator<readonly ItemRow[]>;
  readonly #covers: PhotoQuestion[] = [];
  readonly #others: PhotoQuestion[] = [];
  isRead = false;

  constructor(collection: CollectionId, rows: AsyncGenerator<readonly ItemRow[]>) {
    this.#collection = collection;
    this.#rows = rows;
  }

  async readSome(): Promise<void> {
    const { value = [], done = false } = await this.#rows.next();
    for (const row of value as readonly ItemRow[]) this.add(row);
    this.isRead = done || this.isFull;
  }

  get first(): PhotoQuestion | undefined {
    return this.#covers[0] ?? this.#others[0];
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  get isFull(): boolean {
    return this.#covers.length + this.#others.length >= mostSquares;
  }

  /** Of what lies in the trash a list shows nothing. */
  add({ photos, trashedAt }: ItemRow): void {
    if (trashedAt !== null) return;
    for (const [at, { hash, view }] of photos.entries()) {
      if (this.isFull) return;
      const question: PhotoQuestion = { collection: this.#collection, hash, size: '300', view: view ?? undefined };
      (at === 0 ? this.#covers : this.#others).push(question);
    }
  }

  /** One of the first ones: more may have come before it meanwhile. */
  drop(question: PhotoQuestion): void {
    for (const list of [this.#covers, this.#others]) if (list.includes(question)) list.splice(list.indexOf(question), 1);
  }
}
