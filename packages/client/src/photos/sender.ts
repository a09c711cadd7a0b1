import type { CollectionRow } from '@cacaw/core';
import type { DeviceStore } from '@cacaw/core/device';
import type { BlobName, DevicePhotos, QueuedBlob } from '@cacaw/core/planner';
import type { BlobHash, Clock, CollectionId, Random } from '@cacaw/protocol';
import { maxAskedBlobs, maxPieceBytes, type BlobState } from '@cacaw/protocol/http';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import { Pauses } from './pauses.ts';
import type { PhotoOnItsWay, PhotoPause, PhotosReport } from './photo-calls.ts';
import type { PhotoRelay } from './photo-relay.ts';
import { itemsThatNeed } from './references.ts';
import { verdictOfFailure, verdictOfState, type Verdict } from './verdict.ts';

/** What a sender works with. */
export interface SenderPorts {
  readonly photos: DevicePhotos;
  readonly store: DeviceStore;
  /** Undefined while nothing leaves this device. */
  readonly relay: PhotoRelay | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly sendsMetered: () => boolean;
  /** Calls back when a collection began or ceased to sync, or this account's role in it changed. */
  readonly onReach: (listener: () => void) => Stop;
  readonly onReport: (collection: CollectionId, report: PhotosReport) => void;
  /** Also of what the relay had already, which was never seen to be on its way. */
  readonly onStored: (collection: CollectionId) => void;
  /** Somebody must look: the device could not be read or written. */
  readonly onError: (error: unknown) => void;
}

/** Brings every photo and file of this device to the relay, each once, however often it is interrupted. */
export interface PhotoSender {
  /** Something that was in the way may be gone: network, relay, sign-in, role, setting. Waits are cut short. */
  wake(): void;
  /** Something is being sent, or could be this moment. */
  readonly isBusy: boolean;
  /** Tries again what was refused or lost. */
  retry(collection: CollectionId, hash?: BlobHash): Promise<void>;
  close(): Promise<void>;
}

/** A sender that has begun. */
export const createPhotoSender = (ports: SenderPorts): PhotoSender => new QueueSender(ports);

const slowPieceBytes = 256 * 1024;
const askAgainMs = 10_000;
const lostAgainMs = 3_600_000;
const reportEveryMs = 100;

/** What this term knows of a blob in the queue beyond what is kept. */
interface Progress {
  /** Bytes the relay has; undefined: it has to be asked. */
  from: number | undefined;
  /** Not before. */
  due: number;
  isSending: boolean;
}

/**
 * 1. The queue in the store is the truth; what is known beside it only saves questions, and is forgotten when anything is in doubt.
 * 2. The relay is asked before a byte is sent: what it has, from whomever, is not sent again.
 * 3. A blob leaves the queue only when the relay said `stored`, or nothing refers to it.
 * 4. Events change fields and call `#evaluate`, which alone decides what happens next.
 */
class QueueSender implements PhotoSender {
  readonly #ports: SenderPorts;
  readonly #pauses: Pauses;
  readonly #stops: Stop[];
  readonly #progress = new Map<string, Progress>();
  readonly #running = new Set<Promise<void>>();
  readonly #reports = new Map<CollectionId, PhotosReport>();
  #queue: readonly QueuedBlob[] = [];
  #rows: ReadonlyMap<CollectionId, CollectionRow> = new Map();
  #isStale = true;
  #isRefreshing = false;
  #isAsking = false;
  #sending = 0;
  #cancelTimer: Stop | undefined;
  #cancelReport: Stop | undefined;
  #isClosed = false;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#pauses = new Pauses({ ...ports, hasRelay: ports.relay !== undefined });
    this.#stops = [
      ports.photos.onQueue(() => this.#changed()),
      ports.network.onChange(() => this.wake()),
      ports.onReach(() => this.wake()),
    ];
    this.#evaluate();
  }

  get isBusy(): boolean {
    return this.#sending > 0 || this.#isAsking || (this.#pauses.ofAll() === null && this.#ready().length > 0);
  }

  wake(): void {
    this.#pauses.clear();
    this.#isStale = true;
    for (const progress of this.#progress.values()) progress.due = 0;
    this.#evaluate();
  }

  async retry(collection: CollectionId, hash?: BlobHash): Promise<void> {
    for (const name of this.#queue) {
      const { state } = name.upload;
      if (name.collection !== collection || (hash !== undefined && name.hash !== hash)) continue;
      this.#progress.delete(keyOf(name));
      if (state === 'refused' || state === 'lost') await this.#ports.photos.settle(name, { state: 'waiting' });
    }
    this.wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelTimer?.();
    this.#cancelReport?.();
    await Promise.allSettled(this.#running);
  }

  #changed(): void {
    this.#isStale = true;
    this.#evaluate();
  }

  #evaluate(): void {
    if (this.#isClosed) return;
    if (this.#isStale && !this.#isRefreshing) return this.#start(() => this.#refresh());
    this.#reportSoon();
    if (this.#isStale || this.#pauses.ofAll() !== null) return this.#schedule();
    const asked = this.#isAsking ? [] : this.#toAsk();
    if (asked.length > 0) this.#start(() => this.#ask(asked));
    this.#fill();
    this.#schedule();
  }

  /** As many at once as the network carries. */
  #fill(): void {
    const atOnce = this.#ports.network.isSlow === true ? 1 : 2;
    while (this.#sending < atOnce) {
      const next = this.#ready().find((one) => this.#of(one).from !== undefined && !this.#of(one).isSending);
      if (next === undefined) return;
      this.#of(next).isSending = true;
      this.#sending += 1;
      this.#start(() => this.#send(next));
    }
  }

  #start(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => {
        if (this.#isClosed) return;
        this.#ports.onError(error);
        this.#pauses.pause('unreachable');
      })
      .finally(() => {
        this.#running.delete(running);
        this.#evaluate();
      });
    this.#running.add(running);
  }

  /** Wakes up when the first of what waits is due. */
  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#ports.clock.now();
    const dues = [...this.#pauses.dues];
    for (const blob of this.#queue) if (isOpen(blob)) dues.push(this.#progress.get(keyOf(blob))?.due ?? Infinity);
    const next = Math.min(...dues.filter((due) => due > now));
    if (Number.isFinite(next)) this.#cancelTimer = this.#ports.clock.after(next - now, () => this.#evaluate());
  }

  /** Reads what is to be done, and lets go of what nothing refers to any more. */
  async #refresh(): Promise<void> {
    this.#isRefreshing = true;
    this.#isStale = false;
    try {
      const { photos, store } = this.#ports;
      const queue = await photos.queue();
      const rows = await store.read(['collections'], (tx) => tx.range('collections', {}));
      this.#rows = new Map(rows.map((row) => [row.id, row]));
      const needed: QueuedBlob[] = [];
      for (const blob of queue) {
        const isKnown = this.#progress.has(keyOf(blob));
        const items = isKnown ? blob.upload.items : await itemsThatNeed(store, blob);
        if (items.length === 0) await photos.settle(blob, { state: 'unneeded' });
        else needed.push(blob);
        this.#of(blob);
      }
      this.#queue = needed;
      const keys = new Set(needed.map(keyOf));
      for (const [key, { isSending }] of this.#progress) if (!keys.has(key) && !isSending) this.#progress.delete(key);
    } finally {
      this.#isRefreshing = false;
    }
  }

  #of(name: BlobName): Progress {
    const key = keyOf(name);
    const found = this.#progress.get(key) ?? { from: undefined, due: 0, isSending: false };
    this.#progress.set(key, found);
    return found;
  }

  /** What may be worked on now. */
  #ready(): readonly QueuedBlob[] {
    const now = this.#ports.clock.now();
    return this.#queue.filter((blob) => isOpen(blob) && this.#of(blob).due <= now && this.#pauseOf(blob.collection) === null);
  }

  #toAsk(): readonly QueuedBlob[] {
    const unknown = this.#ready().filter((blob) => this.#of(blob).from === undefined && !this.#of(blob).isSending);
    const [first] = unknown;
    return unknown.filter(({ collection }) => collection === first?.collection).slice(0, maxAskedBlobs);
  }

  async #ask(blobs: readonly QueuedBlob[]): Promise<void> {
    const [{ collection } = { collection: '' as CollectionId }] = blobs;
    this.#isAsking = true;
    try {
      const asked = blobs.map(({ hash, upload: { bytes, use } }) => ({ hash, bytes, use }));
      const outcome = await this.#ports.relay?.ask(collection, asked);
      if (outcome === undefined) return;
      if (!outcome.ok) return await this.#blame(blobs, verdictOfFailure(outcome.failure));
      this.#pauses.noteAnswer();
      const states = new Map(outcome.value.blobs.map((state) => [state.hash, state]));
      let room = outcome.value.room ?? Infinity;
      for (const blob of blobs) {
        const state = states.get(blob.hash) ?? ({ state: 'missing' } as const);
        await this.#follow(blob, await this.#verdictOfAnswer(blob, state, room));
        if (state.state === 'missing') room -= blob.upload.bytes;
      }
    } finally {
      this.#isAsking = false;
    }
  }

  /** Of a question that failed: what is in the way is in the way of all of them, what is at fault is the question. */
  async #blame(blobs: readonly QueuedBlob[], verdict: Verdict): Promise<void> {
    const [first] = blobs;
    if (first === undefined) return;
    if (verdict.next === 'hold' || verdict.next === 'pause') await this.#follow(first, verdict);
    else this.#pauses.pause('unreachable');
  }

  /** Said before the upload starts: that there are no bytes to send, or no room for them. */
  async #verdictOfAnswer(blob: QueuedBlob, state: BlobState, room: number): Promise<Verdict> {
    const verdict = verdictOfState(state);
    if (verdict.next !== 'send') return verdict;
    if ((await this.#ports.photos.bytes(blob)) === undefined) return { next: 'settle', outcome: { state: 'lost' } };
    return state.state === 'missing' && blob.upload.bytes > room ? { next: 'hold', why: 'room' } : verdict;
  }

  async #send(blob: QueuedBlob): Promise<void> {
    const progress = this.#of(blob);
    try {
      const bytes = await this.#ports.photos.bytes(blob);
      if (bytes === undefined) return await this.#follow(blob, { next: 'settle', outcome: { state: 'lost' } });
      while (progress.from !== undefined && this.#mayGoOn(blob)) {
        const verdict = await this.#sendPiece(blob, bytes, progress.from);
        const isStuck = verdict.next === 'send' && verdict.from === progress.from;
        await this.#follow(blob, isStuck ? { next: 'pause', why: 'unreachable' } : verdict);
      }
    } finally {
      progress.isSending = false;
      this.#sending -= 1;
    }
  }

  #mayGoOn(blob: QueuedBlob): boolean {
    const isNeeded = this.#queue.some((one) => keyOf(one) === keyOf(blob));
    return !this.#isClosed && isNeeded && this.#pauses.ofAll() === null && this.#pauseOf(blob.collection) === null;
  }

  async #sendPiece({ collection, hash, upload }: QueuedBlob, bytes: Blob, from: number): Promise<Verdict> {
    const most = this.#ports.network.isSlow === true ? slowPieceBytes : maxPieceBytes;
    const start = Math.min(from, Math.max(0, bytes.size - 1));
    const piece = bytes.slice(start, start + most);
    const { use, mediaType } = upload;
    const outcome = await this.#ports.relay?.send({ collection, hash, use, mediaType, bytes: piece, start, total: bytes.size });
    if (outcome === undefined) return { next: 'pause', why: 'offline' };
    if (!outcome.ok) return verdictOfFailure(outcome.failure);
    this.#pauses.noteAnswer();
    return verdictOfState(outcome.value);
  }

  async #follow(blob: QueuedBlob, verdict: Verdict): Promise<void> {
    const progress = this.#of(blob);
    if (verdict.next === 'send') {
      progress.from = verdict.from;
      return this.#reportSoon();
    }
    progress.from = undefined;
    if (verdict.next === 'hold') this.#pauses.hold(blob.collection, verdict.why);
    else if (verdict.next === 'pause') this.#pauses.pause(verdict.why, verdict.afterMs);
    else await this.#settle(blob, verdict.outcome);
  }

  async #settle(blob: QueuedBlob, outcome: Extract<Verdict, { readonly next: 'settle' }>['outcome']): Promise<void> {
    const again = outcome.state === 'checking' ? askAgainMs : lostAgainMs;
    this.#of(blob).due = this.#ports.clock.now() + again;
    if (outcome.state !== blob.upload.state) await this.#ports.photos.settle(blob, outcome);
    if (outcome.state === 'stored') this.#ports.onStored(blob.collection);
  }

  #pauseOf(collection: CollectionId): PhotoPause | null {
    return this.#pauses.of(collection, this.#rows.get(collection));
  }

  #reportSoon(): void {
    this.#cancelReport ??= this.#ports.clock.after(reportEveryMs, () => {
      this.#cancelReport = undefined;
      this.#report();
    });
  }

  #report(): void {
    const byCollection = Map.groupBy(this.#queue, ({ collection }) => collection);
    for (const collection of new Set([...this.#reports.keys(), ...byCollection.keys()])) {
      const onTheirWay = (byCollection.get(collection) ?? []).map((blob) => this.#describe(blob));
      const report: PhotosReport = {
        onTheirWay,
        paused: onTheirWay.length === 0 ? null : (this.#pauses.ofAll() ?? this.#pauseOf(collection)),
      };
      if (JSON.stringify(report) === JSON.stringify(this.#reports.get(collection))) continue;
      this.#reports.set(collection, report);
      this.#ports.onReport(collection, report);
    }
  }

  #describe({ upload: { use, items, state, bytes, code }, ...name }: QueuedBlob): PhotoOnItsWay {
    const { from = 0, isSending } = this.#of(name);
    const isMoving = isSending && state === 'waiting';
    return { hash: name.hash, use, items, state: isMoving ? 'sending' : state, bytes, sent: from, ...(code === undefined ? {} : { code }) };
  }
}

const keyOf = ({ collection, hash }: BlobName): string => `${collection}/${hash}`;
/** A refused one waits for a person; a lost one may yet come from elsewhere. */
const isOpen = ({ upload }: QueuedBlob): boolean => upload.state !== 'refused';
