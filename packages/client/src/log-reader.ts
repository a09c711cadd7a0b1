import type { DeviceSync, LastRefs, LogAck, LogEntry, LogUpdate, Page, PendingUpdate, StoredCursor } from '@cacaw/core/device';
import type { CollectionId, DocumentName, Ref, Seq } from '@cacaw/protocol';
import type { CollectionEvent, Conversation, Joined } from './exchange.ts';
import type { Inflate } from './page.ts';
import { createPull, type Pull } from './pull.ts';
import { createTail, type Tail } from './tail.ts';

/** What a log reader tells. */
export interface LogReaderListener {
  /** Something was stored. */
  onProgress(): void;
  /** Own pushes are confirmed, and no longer pending. */
  onConfirmed(acks: readonly LogAck[]): void;
  /** The device's pending pushes may have changed in another way. */
  onPendingChanged(): void;
  /** Updates of others were confirmed. */
  onMerged(count: number): void;
  /** The relay broke the protocol. */
  onBreach(problem: string): void;
}

/** What a log reader is made of; it lives as long as one membership. */
export interface LogReaderOptions {
  readonly collection: CollectionId;
  readonly device: Pick<DeviceSync, 'pending' | 'confirm' | 'confirmPage' | 'readAgain'>;
  readonly conversation: Conversation;
  readonly joined: Pick<Joined, 'head' | 'lastRefs' | 'changed'>;
  readonly inflate: Inflate;
  readonly pullFirst: () => readonly DocumentName[];
  /** Which own push an update is, when its connection was lost before its ack. */
  readonly refOf: (update: LogUpdate) => Ref | undefined;
}

/** Reads a collection's log from a cursor on, by pages while it is behind and by the tail when it is not, and confirms it on the device. */
export interface LogReader {
  /** `waiting` until {@link begin}; what the relay sends live is kept from the start. */
  readonly phase: 'waiting' | 'pulling' | 'live';
  /** Live, and everything the relay has sent is confirmed. */
  readonly isDrained: boolean;
  /** Documents received and to be received. */
  readonly received: { readonly done: number; readonly total: number };
  /** Starts after `cursor`; `mustPull` even when it stood at the head at join, because this session has written since. */
  begin(cursor: StoredCursor, mustPull: boolean): void;
  /** Takes `page`, `updates` and `ack`; everything else is none of its business. */
  hear(event: CollectionEvent): void;
  /** The next call into the device; undefined while waiting for the relay. */
  step(): (() => Promise<void>) | undefined;
}

/** A reader that keeps what it hears until it begins. */
export const createLogReader = (options: LogReaderOptions, listener: LogReaderListener): LogReader => new PullingReader(options, listener);

/**
 * 1. The cursor passes every seq in order: by a run of the tail without a hole, or by the last page of a pull.
 * 2. While a pull is on, the tail is kept back in order; a hole in the tail starts a pull.
 * 3. One step at a time; its caller sees to that.
 */
class PullingReader implements LogReader {
  readonly #options: LogReaderOptions;
  readonly #listener: LogReaderListener;
  readonly #tail: Tail = createTail();
  /** Notes here read otherwise than at the relay whatever we do with what is stored: when the reading comes to rest it begins anew. */
  #mustReadAgain = false;
  #cursor: StoredCursor | undefined;
  #pull: Pull | undefined;
  #isLive = false;

  constructor(options: LogReaderOptions, listener: LogReaderListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get phase(): LogReader['phase'] {
    if (this.#cursor === undefined) return 'waiting';
    return this.#isLive ? 'live' : 'pulling';
  }

  get isDrained(): boolean {
    return this.#isLive && this.#tail.isEmpty;
  }

  get received(): { readonly done: number; readonly total: number } {
    const done = this.#pull?.documentsStored ?? 0;
    return { done, total: Math.max(done, this.#options.joined.changed) };
  }

  begin(cursor: StoredCursor, mustPull: boolean): void {
    this.#cursor = cursor;
    if (mustPull || cursor.seq < this.#options.joined.head || cursor.pull !== undefined) this.#startPull(cursor);
  }

  hear(event: CollectionEvent): void {
    if (event.type === 'page') this.#pull?.hear(event);
    else if (event.type === 'ack') this.#tail.add([{ kind: 'ack', seq: event.seq, writer: event.writer, ref: event.ref }], event.chain);
    else if (event.type === 'updates')
      this.#tail.add(
        event.updates.map((update) => ({ kind: 'update', ...update })),
        event.chain,
      );
  }

  step(): (() => Promise<void>) | undefined {
    const cursor = this.#cursor;
    const pull = this.#pull;
    if (cursor === undefined) return undefined;
    if (pull !== undefined) return this.#pullOn(pull);
    if (this.#isLive && this.#mustReadAgain) return () => this.#readAgain(cursor);
    if (!this.#isLive) return () => this.#goLive(cursor);
    return this.#tail.isEmpty ? undefined : () => this.#confirmTail(cursor);
  }

  /** Invariant 2. */
  #startPull(cursor: StoredCursor): void {
    this.#isLive = false;
    this.#tail.mend();
    this.#pull = createPull({ ...this.#options, cursor });
  }

  /** From before the first entry: the device takes what it asked for as new, and knows the rest already. */
  async #readAgain({ collection, lineage }: StoredCursor): Promise<void> {
    this.#mustReadAgain = false;
    await this.#options.device.readAgain(collection);
    this.#cursor = { collection, lineage, seq: beginning, chain: noChain };
    this.#startPull(this.#cursor);
  }

  #pullOn(pull: Pull): (() => Promise<void>) | undefined {
    pull.ask();
    if (pull.hasPage) return () => this.#storePage(pull);
    return pull.hasEnded ? () => this.#endPull(pull) : undefined;
  }

  async #storePage(pull: Pull): Promise<void> {
    const outcome = await pull.store();
    if (outcome === 'malformed') return this.#listener.onBreach('a page could not be read');
    this.#mustReadAgain ||= outcome.length > 0;
    this.#cursor = pull.cursor;
    this.#listener.onProgress();
    this.#listener.onPendingChanged();
  }

  async #endPull(pull: Pull): Promise<void> {
    // A pull that went on from an earlier connection ends at the head of that time.
    if (pull.cursor.seq < this.#options.joined.head) return this.#startPull(pull.cursor);
    await this.#goLive(pull.cursor);
  }

  async #goLive(cursor: StoredCursor): Promise<void> {
    await this.#settle(this.#options.joined.lastRefs, cursor);
    this.#pull = undefined;
    this.#isLive = true;
  }

  /**
   * Own commits the cursor has passed stop being pending: a resumed pull could not tell them from later ones (see
   * `Pull.store`), or a snapshot held them. An empty page of their documents says that the log up to the cursor holds them.
   */
  async #settle(lastRefs: LastRefs, cursor: StoredCursor): Promise<void> {
    const { device, collection } = this.#options;
    const pending = lastRefs.size === 0 ? [] : await device.pending(collection);
    const committed = pending.filter(({ writer, ref }) => ref <= (lastRefs.get(writer) ?? 0));
    if (committed.length === 0) return;
    await device.confirmPage(collection, emptyPage(cursor, committed), lastRefs, cursor);
    this.#listener.onPendingChanged();
  }

  /** Invariant 1. */
  async #confirmTail(before: StoredCursor): Promise<void> {
    const { device, collection } = this.#options;
    const run = this.#tail.take(before.seq);
    if (run === 'nothing') return;
    if (run === 'gap') return this.#startPull(before);
    const after: StoredCursor = run.end === undefined ? before : { collection, lineage: before.lineage, ...run.end };
    const entries = run.entries.map((entry) => this.#recognise(entry));
    const differing = run.end === undefined ? [] : await device.confirm(collection, entries, after);
    this.#mustReadAgain ||= differing.length > 0;
    this.#cursor = after;
    this.#listener.onProgress();
    const acks = entries.filter((entry) => entry.kind === 'ack');
    this.#listener.onConfirmed(acks);
    if (acks.length < entries.length) this.#listener.onMerged(entries.length - acks.length);
    await this.#settle(new Map(run.passed.map(({ writer, ref }) => [writer, ref])), after);
  }

  /** A push whose connection was lost before its ack comes back as if somebody else had written it. */
  #recognise(entry: LogEntry): LogEntry {
    const ref = entry.kind === 'update' ? this.#options.refOf(entry) : undefined;
    return ref === undefined ? entry : { kind: 'ack', seq: entry.seq, writer: entry.writer, ref };
  }
}

const beginning = 0 as Seq;
const noChain = new Uint8Array(8);

const emptyPage = ({ seq, chain }: StoredCursor, committed: readonly PendingUpdate[]): Page => ({
  head: seq,
  chain,
  next: undefined,
  documents: [...new Set(committed.map(({ document }) => document))].map((document) => ({ document, updates: [] })),
});
