import type { StoredCursor } from '@cacaw/core/device';
import { fieldLimits, sameBytes, type GoneReason, type Seq, type WireRole } from '@cacaw/protocol';
import { createAccess, type Access } from './access.ts';
import { createBackoff, type Backoff } from './backoff.ts';
import type { CollectionSync, SyncListener, SyncOptions, SyncPhase } from './collection-sync.ts';
import type { CollectionEvent, Conversation, Joined } from './exchange.ts';
import { createLogReader, type LogReader } from './log-reader.ts';
import { createOutbox, type Outbox, type Permission } from './outbox.ts';
import { createPacer, type Pacer, type Step } from './pacer.ts';
import { createReconciliation, type Reconciliation } from './reconcile.ts';

/** A sync that waits for its first connection. */
export const createCollectionSync = (options: SyncOptions, listener: SyncListener): CollectionSync => new LogSync(options, listener);

const noChain = new Uint8Array(8);

/**
 * Events change fields and call `#evaluate`, which alone decides the next step.
 *
 * 1. One call into the device at a time, and a step begun on one membership changes nothing about a later one.
 * 2. A membership begins with `join`; nothing heard before its `joined` belongs to it.
 * 3. A log that does not continue our cursor is given what it lacks before our copy of the old one is dropped.
 * 4. Pushes flow from the moment the log is known to be ours, also during a pull; into another log only once it is read
 *    whole, as what is pending was made for the old one. Pending edits are run again only when live and drained, so that
 *    they build on everything the relay said.
 */
class LogSync implements CollectionSync {
  readonly #options: SyncOptions;
  readonly #listener: SyncListener;
  readonly #outbox: Outbox;
  readonly #access: Access;
  readonly #backoff: Backoff;
  readonly #pacer: Pacer;
  #conversation: Conversation | undefined;
  #isJoining = false;
  /** The relay of this connection has been told of the collection it did not know. */
  #isAnnounced = false;
  #joined: Joined | undefined;
  #isPushing = false;
  #cursor: StoredCursor | undefined;
  #reader: LogReader | undefined;
  #reconciliation: Reconciliation | undefined;
  #isClosed = false;

  constructor(options: SyncOptions, listener: SyncListener) {
    this.#options = options;
    this.#listener = listener;
    this.#access = createAccess(options);
    this.#backoff = createBackoff(options.random);
    this.#pacer = createPacer({ clock: options.clock, onFree: () => this.#evaluate(), onFailure: (error) => this.#fail(error) });
    const isSettled = (): boolean => this.#reader?.isDrained === true && !this.#pacer.isRunning;
    this.#outbox = createOutbox({ ...options, isSettled }, listener);
    this.#outbox.refresh();
  }

  get phase(): SyncPhase {
    if (this.#access.gone !== undefined) return 'gone';
    if (this.#reconciliation !== undefined) return 'reconciling';
    const phase = this.#reader?.phase ?? 'waiting';
    if (phase !== 'waiting') return phase;
    return this.#isJoining || this.#joined !== undefined ? 'joining' : 'apart';
  }

  get gone(): GoneReason | undefined {
    return this.#access.gone;
  }

  get role(): WireRole | undefined {
    return this.#access.role;
  }

  get isTooOld(): boolean {
    return (this.#joined?.minimumSchema ?? 0) > this.#options.appSchema;
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  get received(): { readonly done: number; readonly total: number } {
    return this.#reader?.received ?? { done: 0, total: 0 };
  }

  begin(conversation: Conversation): void {
    this.#leave();
    this.#conversation = conversation;
    this.#isAnnounced = false;
    this.#evaluate();
  }

  end(): void {
    this.#leave();
    this.#conversation = undefined;
    this.#evaluate();
  }

  retry(): void {
    this.#pacer.resume();
    this.#outbox.retry();
    if (this.#access.gone === 'unknown') this.#leave();
    this.#evaluate();
  }

  pendingChanged(): void {
    this.#outbox.refresh();
  }

  close(): void {
    this.#conversation?.leave();
    this.#leave();
    this.#isClosed = true;
    this.#conversation = undefined;
    this.#pacer.close();
    this.#outbox.close();
  }

  hear(event: CollectionEvent): void {
    if (this.#isClosed) return;
    this.#note(event);
    this.#evaluate();
  }

  /** Invariant 2. */
  #note(event: CollectionEvent): void {
    if (event.type === 'gone') {
      this.#leave();
      this.#access.noteGone(event.reason);
    } else if (event.type === 'joined') this.#noteJoined(event);
    else if (this.#joined !== undefined) this.#noteNews(event);
  }

  #noteJoined(joined: Joined): void {
    const conversation = this.#conversation;
    if (!this.#isJoining || conversation === undefined) return;
    this.#isJoining = false;
    this.#joined = joined;
    this.#access.noteRole(joined.role);
    this.#reader = createLogReader(
      { ...this.#options, conversation, joined, refOf: (update) => this.#outbox.refOf(update) },
      {
        onProgress: () => this.#backoff.reset(),
        onConfirmed: (acks) => this.#outbox.confirmed(acks),
        onPendingChanged: () => this.#outbox.refresh(),
        onMerged: (count) => this.#listener.onMerged(count),
        onBreach: (problem) => this.#listener.onBreach(problem),
      },
    );
  }

  #noteNews(event: CollectionEvent): void {
    if (event.type === 'access') return this.#noteRole(event.role);
    // Each takes what is meant for it; a reader that has not begun only keeps the tail.
    this.#reconciliation?.hear(event);
    this.#reader?.hear(event);
    this.#outbox.hear(event);
  }

  #noteRole(role: WireRole): void {
    this.#access.noteRole(role);
    this.#outbox.permit(this.#permission());
  }

  /** Forgets everything that belongs to the membership. */
  #leave(): void {
    this.#isJoining = false;
    this.#isPushing = false;
    this.#joined = undefined;
    this.#reader = undefined;
    this.#reconciliation = undefined;
    this.#access.noteGone(undefined);
    this.#outbox.end();
  }

  #evaluate(): void {
    if (this.#isClosed) return;
    const step = this.#pacer.isFree ? this.#nextStep() : undefined;
    if (step !== undefined) this.#pacer.run(step);
    else this.#outbox.wake();
    this.#listener.onChange();
  }

  #nextStep(): Step | undefined {
    const store = this.#access.step();
    if (store !== undefined) return store;
    if (this.#conversation === undefined || this.#isJoining) return undefined;
    if (this.#access.gone !== undefined) return this.#mayAnnounce() ? () => this.#announce() : undefined;
    return this.#joined === undefined ? () => this.#join() : this.#read(this.#joined);
  }

  #read(joined: Joined): Step | undefined {
    if (this.#reader?.phase === 'live' && !this.#isPushing) this.#startPushing(joined);
    if (this.#reconciliation !== undefined) return this.#reconcile(joined, this.#reconciliation);
    return this.#reader?.phase === 'waiting' ? () => this.#accept(joined) : this.#reader?.step();
  }

  /** What is stored is the truth: leave, wait, and begin from it again. */
  #fail(error: unknown): void {
    if (this.#access.gone === undefined) {
      this.#conversation?.leave();
      this.#leave();
    }
    this.#pacer.pause(this.#backoff.next());
    this.#listener.onFault(error);
    this.#evaluate();
  }

  async #join(): Promise<void> {
    const { device, collection, secret } = this.#options;
    const conversation = this.#conversation;
    const cursor = await device.cursor(collection);
    const writers = await this.#outbox.load();
    if (conversation === undefined || this.#conversation !== conversation) return;
    this.#cursor = cursor;
    this.#isJoining = true;
    // A cursor before the first entry fits any log: only its lineage means something, and that we compare ourselves.
    const known = cursor === undefined || cursor.seq === 0 ? undefined : { lineage: cursor.lineage, seq: cursor.seq, chain: cursor.chain };
    // A push of a writer that is left out is sent again, and the relay knows it when it sees it.
    conversation.join({ cursor: known, writers: writers.slice(0, fieldLimits.writers), secret: secret() });
  }

  /** A relay that was restored from before the collection was shared knows nothing of what it once acknowledged. */
  #mayAnnounce(): boolean {
    const hasRead = this.#cursor !== undefined && this.#cursor.seq > 0;
    return this.#access.gone === 'unknown' && hasRead && !this.#isAnnounced && this.#options.announce !== undefined;
  }

  async #announce(): Promise<void> {
    await this.#options.announce?.();
    this.#isAnnounced = true;
    if (this.#access.gone === 'unknown') this.#leave();
  }

  /** Invariant 3. */
  async #accept(joined: Joined): Promise<void> {
    const { device, collection, clock } = this.#options;
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    // A viewer has nothing the relay would take back.
    if (!joined.reconcile || this.#cursor === undefined || joined.role === 'viewer') return this.#startReading(joined, joined.reconcile);
    this.#reconciliation = createReconciliation({ collection, device, conversation, clock, onWake: () => this.#evaluate() });
  }

  #reconcile(joined: Joined, reconciliation: Reconciliation): Step | undefined {
    if (reconciliation.outcome === 'going') return reconciliation.step();
    if (reconciliation.outcome === 'lacking') this.#listener.onLacking();
    return () => this.#startReading(joined, true);
  }

  /** Starts reading and pushing; `isNewLog` means that what we hold belongs to another log. */
  async #startReading(joined: Joined, isNewLog: boolean): Promise<void> {
    const { device, collection } = this.#options;
    const { lineage } = joined;
    const isOther = this.#cursor !== undefined && (isNewLog || !sameBytes(this.#cursor.lineage, lineage));
    if (isOther) await device.reset(collection);
    if (this.#joined !== joined || this.#conversation === undefined) return;
    if (isOther || this.#cursor === undefined) this.#cursor = { collection, lineage, seq: 0 as Seq, chain: noChain };
    this.#reconciliation = undefined;
    // What we gave back comes to us as acks, though we hold it no more.
    this.#reader?.begin(this.#cursor, isNewLog);
    if (!isOther) this.#startPushing(joined);
  }

  #startPushing({ lastRefs }: Joined): void {
    const conversation = this.#conversation;
    this.#isPushing = conversation !== undefined;
    if (conversation !== undefined) this.#outbox.begin({ conversation, lastRefs, permission: this.#permission() });
  }

  #permission(): Permission {
    if (this.#access.role === 'viewer') return 'refused';
    return this.isTooOld ? 'held' : 'granted';
  }
}
