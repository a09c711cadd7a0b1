import type { DeviceSync, LastRefs, LogAck, LogUpdate, PendingUpdate, RebaseReason } from '@cacaw/core/device';
import { refusals, sameBytes, type Clock, type CollectionId, type Random, type Ref, type WriterId } from '@cacaw/protocol';
import { createBackoff, type Backoff } from './backoff.ts';
import type { CollectionEvent, Conversation, Refused } from './exchange.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { later, PushWindow } from './push-window.ts';

/** What the outbox tells its collection's sync. */
export interface OutboxListener {
  /** The number of pending pushes changed, or a push was answered. */
  onChange(): void;
  /** A push was refused; `toTray` when that edit will be laid in the tray. */
  onRefused(refused: Refused, toTray: boolean): void;
  /** Pending edits were run again; the tray may have grown. */
  onRebased(): void;
  /** The device's store refused; it is tried again later. */
  onFault(error: unknown): void;
}

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly collection: CollectionId;
  readonly device: Pick<DeviceSync, 'pending' | 'rebase'>;
  readonly clock: Clock;
  readonly random: Random;
  /** True when everything the relay said before now is confirmed: only then may pending edits be run again. */
  readonly isSettled: () => boolean;
}

/** What the relay said at join that the outbox needs. */
export interface OutboxTerms {
  readonly conversation: Conversation;
  readonly lastRefs: LastRefs;
  readonly permission: Permission;
}

/** `refused`: what is pending belongs in the tray. `held`: it waits, because this app is too old for the collection. */
export type Permission = 'granted' | 'refused' | 'held';

/** Brings pending pushes to the relay, in order, each committed once; everything it knows is derived from the device's store and the relay. */
export interface Outbox {
  /** Commands with pending pushes, as last read: what a person calls changes. */
  readonly pending: number;
  /** Reads pending pushes anew and returns the writers that have some. */
  load(): Promise<readonly WriterId[]>;
  begin(terms: OutboxTerms): void;
  /** The connection or the membership is over. */
  end(): void;
  permit(permission: Permission): void;
  /** Takes `ack`, `refused` and `closed`; everything else is none of its business. */
  hear(event: CollectionEvent): void;
  /** Which own push an entry of the tail is, when it was sent on an earlier connection and so comes back as an update. */
  refOf(update: LogUpdate): Ref | undefined;
  /** The device's pending pushes have changed. */
  refresh(): void;
  /** The device has confirmed these own commits. */
  confirmed(acks: readonly LogAck[]): void;
  /** Something outside changed that may allow a step. */
  wake(): void;
  /** Ends a wait early. */
  retry(): void;
  close(): void;
}

/** An outbox for one collection. */
export const createOutbox = (options: OutboxOptions, listener: OutboxListener): Outbox => new PushingOutbox(options, listener);

/** This many rebases in a row without one commit between them, and the next waits. */
const patience = 2;

/** Pending edits must be run again: which writers have been asked to close, and which have answered. */
interface Recovery {
  readonly refused: RebaseReason['refused'];
  readonly asked: Set<WriterId>;
  readonly closed: Map<WriterId, Ref>;
}

/**
 * Events change fields and call `#evaluate`, which alone decides.
 *
 * 1. One call into the device at a time, and a queue known to be out of date is read before anything else.
 * 2. Without terms nothing is sent.
 * 3. A push goes out only when every earlier pending push has been sent on this connection or is known to be committed;
 *    its bytes are those of the store, so a repeat is recognised.
 * 4. While a recovery is on nothing is pushed. It runs only after every writer with pending pushes was closed by the relay
 *    (a push under way would otherwise commit a second time under another name) and the tail before that is confirmed.
 * 5. A refusal is believed once: those of later pushes of the same writer are its echo.
 */
class PushingOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #listener: OutboxListener;
  readonly #backoff: Backoff;
  readonly #pacer: Pacer;
  #queue: readonly PendingUpdate[] = [];
  #commands = 0;
  #isStale = true;
  #conversation: Conversation | undefined;
  #permission: Permission = 'granted';
  #window = new PushWindow();
  #recovery: Recovery | undefined;
  #fruitless = 0;

  constructor(options: OutboxOptions, listener: OutboxListener) {
    this.#options = options;
    this.#listener = listener;
    this.#backoff = createBackoff(options.random);
    this.#pacer = createPacer({ clock: options.clock, onFree: () => this.#evaluate(), onFailure: (error) => this.#fail(error) });
  }

  get pending(): number {
    return this.#commands;
  }

  async load(): Promise<readonly WriterId[]> {
    await this.#read();
    return writersOf(this.#queue);
  }

  begin({ conversation, lastRefs, permission }: OutboxTerms): void {
    this.#conversation = conversation;
    this.#permission = permission;
    this.#window = new PushWindow(lastRefs);
    this.#recovery = undefined;
    this.#evaluate();
  }

  end(): void {
    this.#conversation = undefined;
    this.#recovery = undefined;
    this.#evaluate();
  }

  permit(permission: Permission): void {
    this.#permission = permission;
    this.#evaluate();
  }

  hear(event: CollectionEvent): void {
    if (event.type === 'ack') this.#acknowledge(event);
    else if (event.type === 'closed') this.#recovery?.closed.set(event.writer, event.lastRef);
    else if (event.type === 'refused' && this.#isNews(event)) this.#refuse(event);
    this.#evaluate();
  }

  refOf(update: LogUpdate): Ref | undefined {
    return this.#queue.find(
      ({ writer, document, bytes }) => writer === update.writer && document === update.document && sameBytes(bytes, update.bytes),
    )?.ref;
  }

  refresh(): void {
    this.#isStale = true;
    this.#evaluate();
  }

  confirmed(acks: readonly LogAck[]): void {
    if (acks.length === 0) return;
    const last = new Map<WriterId, Ref>();
    for (const { writer, ref } of acks) last.set(writer, later(last.get(writer), ref));
    this.#setQueue(this.#queue.filter(({ writer, ref }) => ref > (last.get(writer) ?? 0)));
    this.#evaluate();
  }

  wake(): void {
    this.#evaluate();
  }

  retry(): void {
    this.#pacer.resume();
    this.#evaluate();
  }

  close(): void {
    this.#pacer.close();
    this.end();
  }

  #evaluate(): void {
    if (!this.#pacer.isFree) return;
    if (this.#isStale) return this.#pacer.run(() => this.#read());
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    if (this.#permission === 'refused' && this.#recovery === undefined) this.#refuseFirst();
    if (this.#recovery !== undefined) return this.#recover(conversation, this.#recovery);
    if (this.#permission === 'granted') this.#push(conversation);
  }

  #fail(error: unknown): void {
    this.#isStale = true;
    this.#pacer.pause(this.#backoff.next());
    this.#listener.onFault(error);
  }

  async #read(): Promise<void> {
    this.#isStale = false;
    const { device, collection } = this.#options;
    try {
      this.#setQueue(await device.pending(collection));
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
  }

  #setQueue(queue: readonly PendingUpdate[]): void {
    this.#queue = queue;
    this.#commands = new Set(queue.map(({ command }) => command)).size;
    this.#listener.onChange();
  }

  /** Invariant 3. */
  #push(conversation: Conversation): void {
    for (const update of this.#window.take(this.#queue)) conversation.push(update);
  }

  #acknowledge(ack: LogAck): void {
    this.#window.committed(ack);
    this.#fruitless = 0;
    this.#backoff.reset();
    this.#listener.onChange();
  }

  /** Invariant 5. */
  #isNews({ writer, ref, kind }: Refused): boolean {
    if (!this.#window.isUnderWay(writer, ref) || this.#recovery !== undefined) return false;
    // A jump is first reported for the lowest push under way; for a later one it only echoes the refusal of an earlier.
    return kind !== 'gap' || ref === this.#window.lowestUnderWay(this.#queue, writer);
  }

  #refuse(refused: Refused): void {
    const { writer, ref, kind } = refused;
    this.#listener.onRefused(refused, refusals[kind].tray && kind !== 'schema');
    if (kind === 'busy') this.#takeBack(writer, ref);
    else if (kind === 'schema') this.#permission = 'held';
    else this.#startRecovery(refused);
  }

  #takeBack(writer: WriterId, ref: Ref): void {
    this.#window.takeBack(writer, ref);
    this.#pacer.pause(this.#backoff.next());
  }

  #startRecovery({ writer, ref, kind, reason }: Refused): void {
    const isWriteAtFault = refusals[kind].tray || kind === 'clock';
    this.#recovery = { refused: isWriteAtFault ? { writer, ref, kind, reason } : undefined, asked: new Set(), closed: new Map() };
    // A write the clock refused runs again, and may have to wait until the time it must follow has come.
    if (!isWriteAtFault || kind === 'clock') this.#fruitless += 1;
    if (this.#fruitless > patience) this.#pacer.pause(this.#backoff.next());
  }

  /** Nothing pending can ever be committed: lay it in the tray, one recovery at a time. */
  #refuseFirst(): void {
    const [first] = this.#queue;
    if (first !== undefined) this.#startRecovery({ ...first, type: 'refused', kind: 'role', reason: 'You may only view this collection.' });
  }

  /** Invariant 4. */
  #recover(conversation: Conversation, recovery: Recovery): void {
    const writers = writersOf(this.#queue);
    for (const writer of writers) {
      if (recovery.asked.has(writer)) continue;
      recovery.asked.add(writer);
      conversation.closeWriter(writer);
    }
    const areClosed = [...recovery.asked].every((writer) => recovery.closed.has(writer));
    if (areClosed && this.#options.isSettled()) this.#pacer.run(() => this.#rebase(recovery));
  }

  async #rebase(recovery: Recovery): Promise<void> {
    const { device, collection } = this.#options;
    const { closed, refused } = recovery;
    await device.rebase(collection, refused === undefined ? { closed } : { closed, refused });
    this.#recovery = undefined;
    for (const [writer, ref] of closed) this.#window.committed({ writer, ref });
    this.#isStale = true;
    this.#listener.onRebased();
  }
}

const writersOf = (updates: readonly PendingUpdate[]): readonly WriterId[] => [...new Set(updates.map(({ writer }) => writer))];
