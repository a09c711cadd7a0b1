import type { DeviceSync, LastRefs, LogEntry, Page, PendingUpdate, StoredCursor } from '@cacaw/core/device';
import type { Clock, CollectionId, DocumentName, GoneReason, Random, Seq, WireRole } from '@cacaw/protocol';
import { createBackoff, type Backoff } from './backoff.ts';
import type { CollectionEvent, Conversation, Joined, Refused } from './exchange.ts';
import { createOutbox, type Outbox, type Permission } from './outbox.ts';
import type { Inflate } from './page.ts';
import { createPull, type Pull } from './pull.ts';
import { createReconciliation, type Reconciliation } from './reconcile.ts';
import { createTail, type Tail } from './tail.ts';

/** What a collection's sync tells. */
export interface SyncListener {
  /** Anything {@link CollectionSync} shows may have changed. */
  onChange(): void;
  onRefused(refused: Refused, toTray: boolean): void;
  onRebased(): void;
  /** Updates of others were confirmed. */
  onMerged(count: number): void;
  /** The relay lacked edits after a restore and still does not have all of them. */
  onLacking(): void;
  /** A step failed on this device, and is tried again. */
  onFault(error: unknown): void;
  /** The relay broke the protocol: the connection is worth nothing. */
  onBreach(problem: string): void;
}

/** What a collection's sync is made of. */
export interface SyncOptions {
  readonly collection: CollectionId;
  readonly device: DeviceSync;
  readonly clock: Clock;
  readonly random: Random;
  readonly inflate: Inflate;
  readonly appSchema: number;
  /** The secret of the collection's link; asked at each join. */
  readonly secret: () => Uint8Array | undefined;
  /** Documents to pull first: those on screen; asked for each page. */
  readonly pullFirst: () => readonly DocumentName[];
}

/** How a collection stands with the relay. */
export type SyncPhase = 'apart' | 'joining' | 'reconciling' | 'pulling' | 'live' | 'gone';

/** Keeps one collection of one device equal to the relay's log, on whatever connection there is. */
export interface CollectionSync {
  readonly phase: SyncPhase;
  /** Why the collection is gone; `unknown` also when the relay never had it. */
  readonly gone: GoneReason | undefined;
  /** What this account may do, as last heard. */
  readonly role: WireRole | undefined;
  /** This app is older than the collection demands: it reads, and its edits wait. */
  readonly isTooOld: boolean;
  readonly pending: number;
  /** Documents received and to be received by the pull under way. */
  readonly received: { readonly done: number; readonly total: number };
  begin(conversation: Conversation): void;
  /** The connection is lost. */
  end(): void;
  hear(event: CollectionEvent): void;
  /** The device has new pending pushes. */
  pendingChanged(): void;
  /** Joins again if the last answer was final. */
  retry(): void;
  close(): void;
}

/** A sync that waits for its first connection. */
export const createCollectionSync = (options: SyncOptions, listener: SyncListener): CollectionSync => new LogSync(options, listener);

type Step = () => Promise<void>;

const noChain = new Uint8Array(8);

/**
 * Events change fields and call `#evaluate`, which alone decides the next step.
 *
 * 1. One call into the device at a time, and a step begun on one membership changes nothing about a later one.
 * 2. The cursor passes every seq in order: by a run of the tail without a hole, or by the last page of a pull.
 * 3. While a pull is on, the tail is kept back in order; a hole in the tail starts a pull.
 * 4. A log that does not continue our cursor is given what it lacks before our copy of the old one is dropped.
 * 5. Pushes flow from the moment the log is known to be ours, also during a pull; pending edits are run again only when
 *    live and drained, so that they build on everything the relay said.
 */
class LogSync implements CollectionSync {
  readonly #options: SyncOptions;
  readonly #listener: SyncListener;
  readonly #outbox: Outbox;
  readonly #tail: Tail = createTail();
  readonly #backoff: Backoff;
  #conversation: Conversation | undefined;
  #phase: SyncPhase = 'apart';
  #joined: Joined | undefined;
  #cursor: StoredCursor | undefined;
  #pull: Pull | undefined;
  #reconciliation: Reconciliation | undefined;
  #role: WireRole | undefined;
  #storedRole: WireRole | undefined;
  #gone: GoneReason | undefined;
  #isGoneStored = false;
  #isCalling = false;
  #resumeAt = 0;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: SyncOptions, listener: SyncListener) {
    this.#options = options;
    this.#listener = listener;
    this.#backoff = createBackoff(options.random);
    const isSettled = (): boolean => this.#phase === 'live' && this.#tail.isEmpty && !this.#isCalling;
    this.#outbox = createOutbox({ ...options, isSettled }, listener);
    this.#outbox.refresh();
  }

  get phase(): SyncPhase {
    return this.#phase;
  }

  get gone(): GoneReason | undefined {
    return this.#gone;
  }

  get role(): WireRole | undefined {
    return this.#role;
  }

  get isTooOld(): boolean {
    return (this.#joined?.minimumSchema ?? 0) > this.#options.appSchema;
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  get received(): { readonly done: number; readonly total: number } {
    const done = this.#pull?.documentsStored ?? 0;
    return { done, total: Math.max(done, this.#joined?.changed ?? 0) };
  }

  begin(conversation: Conversation): void {
    this.#leave();
    this.#conversation = conversation;
    this.#evaluate();
  }

  end(): void {
    this.#conversation = undefined;
    this.#leave();
    this.#evaluate();
  }

  retry(): void {
    this.#resumeAt = 0;
    if (this.#gone === 'unknown') this.#leave();
    this.#evaluate();
  }

  pendingChanged(): void {
    this.#outbox.refresh();
  }

  close(): void {
    this.#isClosed = true;
    this.#conversation?.leave();
    this.#cancelTimer?.();
    this.#outbox.close();
  }

  hear(event: CollectionEvent): void {
    if (this.#isClosed || this.#phase === 'apart') return;
    // Until `joined` everything belongs to a membership we have left.
    if (this.#phase === 'joining' && event.type !== 'joined' && event.type !== 'gone') return;
    this.#note(event);
    this.#evaluate();
  }

  #note(event: CollectionEvent): void {
    switch (event.type) {
      case 'joined':
        if (this.#phase === 'joining') this.#joined = event;
        return this.#noteRole(event.role);
      case 'page':
        return (this.#reconciliation ?? this.#pull)?.hear(event);
      case 'need':
        return this.#reconciliation?.hear(event);
      case 'updates':
        return this.#tail.add(event.updates.map((update) => ({ kind: 'update', ...update })), event.chain);
      case 'ack':
        this.#tail.add([{ kind: 'ack', seq: event.seq, writer: event.writer, ref: event.ref }], event.chain);
        return this.#outbox.hear(event);
      case 'refused':
      case 'closed':
        return this.#outbox.hear(event);
      case 'access':
        this.#noteRole(event.role);
        return this.#outbox.permit(this.#permission());
      case 'gone':
        return this.#noteGone(event.reason);
      case 'presence':
    }
  }

  #noteRole(role: WireRole): void {
    this.#role = role;
  }

  #noteGone(reason: GoneReason): void {
    this.#leave();
    this.#phase = 'gone';
    this.#gone = reason;
  }

  /** Forgets everything that belongs to the membership. */
  #leave(): void {
    this.#phase = 'apart';
    this.#gone = undefined;
    this.#joined = undefined;
    this.#pull = undefined;
    this.#reconciliation = undefined;
    this.#tail.clear();
    this.#outbox.end();
  }

  #evaluate(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isClosed || this.#isCalling) return;
    const step = this.#waits() ? undefined : this.#nextStep();
    if (step !== undefined) this.#call(step);
    else this.#outbox.wake();
    this.#listener.onChange();
  }

  #waits(): boolean {
    const { clock } = this.#options;
    const waitMs = this.#resumeAt - clock.now();
    if (waitMs <= 0) return false;
    this.#cancelTimer = clock.after(waitMs, () => this.#evaluate());
    return true;
  }

  #nextStep(): Step | undefined {
    if (this.#role !== this.#storedRole && this.#role !== undefined) return () => this.#storeRole();
    if (this.#phase === 'gone') return this.#isGoneStored || this.#gone === 'unknown' ? undefined : () => this.#storeGone();
    if (this.#conversation === undefined) return undefined;
    if (this.#phase === 'apart') return () => this.#join();
    if (this.#phase === 'joining') return this.#joined === undefined ? undefined : () => this.#accept();
    if (this.#phase === 'reconciling') return this.#reconcile();
    if (this.#phase === 'pulling') return this.#pullOn();
    return this.#tail.isEmpty ? undefined : () => this.#confirmTail();
  }

  /** Invariant 1. */
  #call(step: Step): void {
    this.#isCalling = true;
    step().then(
      () => {
        this.#isCalling = false;
        this.#evaluate();
      },
      (error: unknown) => {
        this.#isCalling = false;
        if (!this.#isClosed) this.#fail(error);
      },
    );
  }

  /** What is stored is the truth: leave, wait, and begin from it again. */
  #fail(error: unknown): void {
    if (this.#phase !== 'gone') {
      this.#conversation?.leave();
      this.#leave();
    }
    this.#resumeAt = this.#options.clock.now() + this.#backoff.next();
    this.#listener.onFault(error);
    this.#evaluate();
  }

  async #storeRole(): Promise<void> {
    const role = this.#role;
    if (role === undefined) return;
    await this.#options.device.setAccess(this.#options.collection, { role });
    this.#storedRole = role;
  }

  async #storeGone(): Promise<void> {
    const gone = this.#gone;
    if (gone === undefined || gone === 'unknown') return;
    await this.#options.device.setAccess(this.#options.collection, { gone });
    this.#isGoneStored = true;
  }

  async #join(): Promise<void> {
    const { device, collection, secret } = this.#options;
    const conversation = this.#conversation;
    const cursor = await device.cursor(collection);
    const writers = await this.#outbox.load();
    if (conversation === undefined || this.#conversation !== conversation) return;
    this.#cursor = cursor;
    this.#phase = 'joining';
    // A cursor before the first entry fits any log: only its lineage means something, and that we compare ourselves.
    const known = cursor === undefined || cursor.seq === 0 ? undefined : { lineage: cursor.lineage, seq: cursor.seq, chain: cursor.chain };
    conversation.join({ cursor: known, writers, secret: secret() });
  }

  async #accept(): Promise<void> {
    const joined = this.#joined;
    const conversation = this.#conversation;
    if (joined === undefined || conversation === undefined) return;
    const { device, collection } = this.#options;
    if (joined.reconcile && this.#cursor !== undefined && joined.role !== 'viewer') {
      this.#reconciliation = createReconciliation({ collection, device, conversation });
      this.#phase = 'reconciling';
      return;
    }
    await this.#begin(joined, joined.reconcile);
  }

  #reconcile(): Step | undefined {
    const reconciliation = this.#reconciliation;
    const joined = this.#joined;
    if (reconciliation === undefined || joined === undefined) return undefined;
    if (reconciliation.outcome === 'going') return reconciliation.step();
    if (reconciliation.outcome === 'lacking') this.#listener.onLacking();
    return () => this.#begin(joined, true);
  }

  /** Starts reading; `isNewLog` means what we hold belongs to another one. */
  async #begin(joined: Joined, isNewLog: boolean): Promise<void> {
    const { device, collection } = this.#options;
    const { lineage } = joined;
    const isOther = this.#cursor !== undefined && (isNewLog || !isSame(this.#cursor.lineage, lineage));
    if (isOther) await device.reset(collection);
    if (this.#joined !== joined || this.#conversation === undefined) return;
    if (isOther || this.#cursor === undefined) this.#cursor = { collection, lineage, seq: 0 as Seq, chain: noChain };
    this.#reconciliation = undefined;
    this.#outbox.begin({ conversation: this.#conversation, lastRefs: joined.lastRefs, permission: this.#permission() });
    if (this.#cursor.seq < joined.head || this.#cursor.pull !== undefined) this.#startPull(joined, this.#cursor);
    else await this.#goLive(joined, this.#cursor);
  }

  #permission(): Permission {
    if (this.#role === 'viewer') return 'refused';
    return this.isTooOld ? 'held' : 'granted';
  }

  /** Invariant 3. */
  #startPull(joined: Joined, cursor: StoredCursor): void {
    const { device, inflate, pullFirst } = this.#options;
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    this.#tail.mend();
    this.#phase = 'pulling';
    this.#pull = createPull({ device, conversation, inflate, cursor, joined, pullFirst });
  }

  #pullOn(): Step | undefined {
    const pull = this.#pull;
    const joined = this.#joined;
    if (pull === undefined || joined === undefined) return undefined;
    pull.ask();
    if (pull.hasPage) return () => this.#storePage(pull);
    return pull.hasEnded ? () => this.#endPull(joined, pull) : undefined;
  }

  async #storePage(pull: Pull): Promise<void> {
    const outcome = await pull.store();
    if (this.#pull !== pull) return;
    if (outcome === 'malformed') return this.#listener.onBreach('a page could not be read');
    this.#cursor = pull.cursor;
    this.#backoff.reset();
    if (this.#outbox.pending > 0) this.#outbox.refresh();
  }

  async #endPull(joined: Joined, pull: Pull): Promise<void> {
    // A pull that went on from an earlier connection ends at the head of that time.
    if (pull.cursor.seq < joined.head) this.#startPull(joined, pull.cursor);
    else await this.#goLive(joined, pull.cursor);
  }

  async #goLive(joined: Joined, cursor: StoredCursor): Promise<void> {
    await this.#settle(joined.lastRefs, cursor);
    if (this.#joined !== joined) return;
    this.#pull = undefined;
    this.#phase = 'live';
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
    this.#outbox.refresh();
  }

  /** Invariant 2. */
  async #confirmTail(): Promise<void> {
    const joined = this.#joined;
    const before = this.#cursor;
    if (joined === undefined || before === undefined) return;
    const run = this.#tail.take(before.seq);
    if (run === 'nothing') return;
    if (run === 'gap') return this.#startPull(joined, before);
    const { collection, lineage } = before;
    const after = run.end === undefined ? before : { collection, lineage, ...run.end };
    const entries = run.entries.map((entry) => this.#recognise(entry));
    if (run.end !== undefined) await this.#options.device.confirm(collection, entries, after);
    const acks = entries.filter((entry) => entry.kind === 'ack');
    this.#outbox.confirmed(acks);
    await this.#settle(new Map(run.passed.map(({ writer, ref }) => [writer, ref])), after);
    if (this.#joined === joined) this.#cursor = after;
    if (acks.length < entries.length) this.#listener.onMerged(entries.length - acks.length);
    this.#backoff.reset();
  }

  /** A push whose connection was lost before its ack comes back as if somebody else had written it. */
  #recognise(entry: LogEntry): LogEntry {
    const ref = entry.kind === 'update' ? this.#outbox.refOf(entry) : undefined;
    return ref === undefined ? entry : { kind: 'ack', seq: entry.seq, writer: entry.writer, ref };
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

const emptyPage = ({ seq, chain }: StoredCursor, committed: readonly PendingUpdate[]): Page => ({
  head: seq,
  chain,
  next: undefined,
  documents: [...new Set(committed.map(({ document }) => document))].map((document) => ({ document, updates: [] })),
});
