import { newCommandId, randomBase62, type Clock, type CollectionId, type CommandId, type DocumentName, type Random } from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import type { CollectionRow, Role } from '../inventory/rows.ts';
import { tidyStep } from './tidy.ts';
import { confirmEntries } from './confirm.ts';
import type { Device, HeldContent, LastRefs, LogEntry, Page, RebaseReason, RowsChange } from './device.ts';
import { blankCollection, collectionOf, firstAnswer, runCommand, type ReadLookKey, type Work } from './edit.ts';
import { fence, type Transact } from './fence.ts';
import { forgetCollection, longGone, partFrom, resetCollection } from './forget.ts';
import { HeldCollection } from './held-collection.ts';
import { createIdleWork, type IdleWork } from './idle-work.ts';
import { takePage } from './page.ts';
import type { LoadPlanner, planCommand } from './plan-command.ts';
import { rebasePending } from './rebase.ts';
import { differencesOf, stateVectorsOf } from './reconcile.ts';
import { RowChanges } from './row-changes.ts';
import { SerialQueue, subscribe } from './serial-queue.ts';
import { StoreError, type DeviceStore, type PendingUpdate, type StoredCursor, type StoreWriter } from './store.ts';
import type { Quarantined } from './unit.ts';

/** What a device is opened with. */
export interface DeviceOptions {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Hydrated shards kept per collection. */
  readonly mostShards?: number | undefined;
  /** Pause between two steps of idle work (backfill, folding, pruning); 0 leaves it to whoever calls `tidy`. */
  readonly idleMs?: number | undefined;
  /** Reads what looks asked for here are sealed with; left out seals none. */
  readonly readLookKey?: ReadLookKey | undefined;
}

/** Begins a term over a store: whoever held one before is fenced off. A command whose planner cannot be fetched changes nothing. */
export async function openTerm(options: DeviceOptions, loadPlanner: LoadPlanner): Promise<Device> {
  const term = randomBase62(options.random, 22);
  const startedAt = options.clock.now();
  await options.store.write(['term'], async (tx) => tx.put('term', { key: 'term', id: term, startedAt }), { durability: 'strict' });
  return new TermDevice(options, term, loadPlanner);
}

interface Order {
  readonly durability: 'strict' | 'relaxed';
  readonly cause: RowsChange['cause'];
  /** A person asks for what it says: rows of an archive ask for nothing, whoever wrote it. */
  readonly asks?: boolean;
  /** Done in its turn of the queue before the transaction begins, which outlives no waiting. */
  readonly before?: () => Promise<unknown>;
}

const edit: Order = { durability: 'strict', cause: 'command' };
const tail: Order = { durability: 'relaxed', cause: 'relay' };

/**
 * One leader term. Invariants:
 * 1. One piece of work at a time, in call order; each is one store transaction that checks the term row (the fence).
 * 2. Listeners hear of a transaction only after it has completed.
 * 3. What a failed transaction may have changed in memory is thrown away and read again, under a new writer id.
 */
class TermDevice implements Device {
  readonly store: DeviceStore;
  readonly term: string;
  readonly #options: DeviceOptions;
  readonly #loadPlanner: LoadPlanner;
  readonly #held = new Map<CollectionId, HeldCollection>();
  readonly #onRows = new Set<(change: RowsChange) => void>();
  readonly #onPending = new Set<(collection: CollectionId) => void>();
  readonly #onQueue = new Set<() => void>();
  readonly #onEnd = new Set<(error: Error) => void>();
  readonly #queue = new SerialQueue();
  readonly #transact: Transact;
  readonly #idle: IdleWork;
  #ended: Error | undefined;
  #offsetMs = 0;

  constructor(options: DeviceOptions, term: string, loadPlanner: LoadPlanner) {
    this.#options = options;
    this.#loadPlanner = loadPlanner;
    this.store = options.store;
    this.term = term;
    this.#transact = fence(options.store, term, (error) => this.#end(error));
    this.#idle = createIdleWork(options.clock, options.idleMs ?? 200, () => this.tidy());
    this.#idle.schedule();
  }

  run(command: Command, id: CommandId = newCommandId(this.#options.random)): Promise<CommandResult> {
    let planner: typeof planCommand;
    const order: Order = { ...edit, asks: command.type !== 'recreate', before: async () => (planner = await this.#loadPlanner()) };
    return this.#work(collectionOf(command), order, (work) => runCommand(work, { command, id, planner })).catch(firstAnswer);
  }

  setReach(collection: CollectionId, reach: { readonly mode: 'local' | 'sync'; readonly secret: string | null }): Promise<void> {
    return this.#changeCollection(collection, (row) => ({ ...row, ...reach }));
  }

  async setAccess(collection: CollectionId, access: { readonly role: Role } | { readonly gone: CollectionRow['gone'] }): Promise<void> {
    await this.#changeCollection(collection, (row, work) => {
      // Somebody who left on their own is told by the relay as well, and may be told later than the device forgot.
      if (work.held.row === undefined) return row;
      if ('role' in access) return { ...row, ...access };
      if (access.gone !== null) return row.gone === access.gone ? row : partFrom(work, row, access.gone);
      const { parting: _parting, ...back } = row;
      return { ...back, gone: null };
    });
  }

  #changeCollection(
    collection: CollectionId,
    change: (row: CollectionRow, work: Work) => CollectionRow | Promise<CollectionRow>,
  ): Promise<void> {
    return this.#work(collection, edit, async (work) => {
      const { tx, held, rows, nowMs } = work;
      const before = held.row ?? blankCollection(collection, nowMs);
      const after = await change(before, work);
      if (after === before || (held.row !== undefined && JSON.stringify(after) === JSON.stringify(before))) return;
      held.isTouched = true;
      held.row = after;
      rows.putCollection(tx, after);
    });
  }

  forget(collection: CollectionId): Promise<void> {
    return this.#work(collection, { durability: 'strict', cause: 'reset' }, (work) => forgetCollection(work).then(() => undefined));
  }

  reset(collection: CollectionId): Promise<void> {
    return this.#work(collection, { durability: 'strict', cause: 'reset' }, resetCollection);
  }

  async dismiss(id: string): Promise<void> {
    await this.#enqueue(() =>
      this.#transact('strict', async (tx) => {
        tx.delete('tray', id);
        tx.delete('journal', id);
      }),
    );
    for (const held of this.#held.values()) for (const unit of held.units.values()) unit.journal.delete(id);
  }

  cursor(collection: CollectionId): Promise<StoredCursor | undefined> {
    return this.#enqueue(async () => (await this.#hold(collection)).cursor);
  }

  pending(collection: CollectionId): Promise<readonly PendingUpdate[]> {
    return this.#enqueue(async () => (await this.#hold(collection)).pending.all().filter((one) => one.committed !== true));
  }

  async confirm(collection: CollectionId, entries: readonly LogEntry[], cursor: StoredCursor): Promise<readonly DocumentName[]> {
    const differing = await this.#work(collection, tail, (work) => confirmEntries(work, entries, cursor));
    if (this.#held.get(collection)?.hasLongDocument === true) this.#idle.schedule();
    return differing;
  }

  confirmPage(collection: CollectionId, page: Page, lastRefs: LastRefs, cursor: StoredCursor): Promise<readonly DocumentName[]> {
    return this.#work(collection, tail, (work) => takePage(work, page, { lastRefs, cursor }));
  }

  readAgain(collection: CollectionId): Promise<void> {
    return this.#work(collection, tail, ({ tx, held }) => {
      held.rewindCursor(tx);
      return Promise.resolve();
    });
  }

  rebase(collection: CollectionId, reason: RebaseReason): Promise<void> {
    return this.#work(collection, { durability: 'strict', cause: 'rebase' }, (work) => rebasePending(work, reason));
  }

  stateVectors(collection: CollectionId, held: HeldContent): Promise<ReadonlyMap<DocumentName, Uint8Array>> {
    return this.#enqueue(() => this.store.read(['confirmed', 'pending'], (tx) => stateVectorsOf(tx, collection, held)));
  }

  differences(
    collection: CollectionId,
    lacking: { readonly document: DocumentName; readonly stateVector: Uint8Array },
    held: HeldContent,
  ): Promise<readonly Uint8Array[]> {
    return this.#enqueue(() => this.store.read(['confirmed', 'pending'], (tx) => differencesOf(tx, { collection, ...lacking }, held)));
  }

  setClockOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  write<T>(act: (tx: StoreWriter) => Promise<T>): Promise<T> {
    return this.#enqueue(() => this.#transact('relaxed', act));
  }

  async tidy(): Promise<boolean> {
    const { hasMore, due } = await this.#enqueue(async () => {
      const step = await this.#transact('relaxed', (tx) => tidyStep(tx, this.#held, this.#nowMs()));
      step.committed?.();
      return { ...step, due: step.hasMore ? undefined : await longGone(this.store, this.#nowMs()) };
    });
    if (due !== undefined) await this.forget(due);
    return hasMore || due !== undefined;
  }

  quarantined(): readonly Quarantined[] {
    return [...this.#held.values()].flatMap((held) => [...held.quarantined.values()]);
  }

  onRows(listener: (change: RowsChange) => void): () => void {
    return subscribe(this.#onRows, listener);
  }

  onPending(listener: (collection: CollectionId) => void): () => void {
    return subscribe(this.#onPending, listener);
  }

  onQueue(listener: () => void): () => void {
    return subscribe(this.#onQueue, listener);
  }

  onEnd(listener: (error: Error) => void): () => void {
    return subscribe(this.#onEnd, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.idle;
    this.#idle.stop();
    this.#ended ??= new StoreError('closed', 'This term has been closed; open the device again.');
    for (const held of this.#held.values()) held.drop();
    this.#held.clear();
  }

  #nowMs(): number {
    return this.#options.clock.now() + this.#offsetMs;
  }

  /** One transaction on one collection, its rows, and what its listeners hear. */
  #work<T>(collection: CollectionId, { durability, cause, asks = false, before }: Order, act: (work: Work) => Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      await before?.();
      const rows = new RowChanges(collection, cause, asks);
      const made = { pushes: 0, queueChanges: 0 };
      try {
        const result = await this.#transact(durability, async (tx) => {
          const held = await this.#holdIn(tx, collection);
          const { pushes, queueChanges } = held;
          const { random, readLookKey } = this.#options;
          const answer = await act({ tx, held, rows, random, readLookKey, nowMs: this.#nowMs(), purged: [] });
          held.row = rows.write(tx, held.row);
          await held.noteChunk(tx, rows.chunked);
          await rows.mark(tx);
          made.pushes = held.pushes - pushes;
          made.queueChanges = held.queueChanges - queueChanges;
          return answer;
        });
        this.#settle(collection);
        if (rows.chunked.length > 0) this.#idle.schedule();
        this.#tell(collection, rows, made.pushes > 0);
        if (made.queueChanges > 0) for (const listener of this.#onQueue) listener();
        return result;
      } catch (error) {
        this.#discardTouched(collection);
        throw error;
      }
    });
  }

  async #hold(collection: CollectionId): Promise<HeldCollection> {
    return this.#held.get(collection) ?? this.store.read(['collections', 'pending', 'cursors'], (tx) => this.#holdIn(tx, collection));
  }

  async #holdIn(tx: Pick<StoreWriter, 'get' | 'range' | 'count'>, collection: CollectionId): Promise<HeldCollection> {
    const found = this.#held.get(collection) ?? (await HeldCollection.read(tx, collection, this.#options.random));
    this.#held.set(collection, found);
    return found;
  }

  #settle(collection: CollectionId): void {
    const held = this.#held.get(collection);
    if (held === undefined) return;
    held.isTouched = false;
    held.trim(this.#options.mostShards ?? 64);
    if (held.isForgotten) this.#held.delete(collection);
  }

  #discardTouched(collection: CollectionId): void {
    const held = this.#held.get(collection);
    if (held?.isTouched !== true) return;
    held.drop();
    this.#held.delete(collection);
  }

  #tell(collection: CollectionId, rows: RowChanges, hasPushes: boolean): void {
    const change = rows.told();
    if (change !== undefined) for (const listener of this.#onRows) listener(change);
    if (hasPushes) for (const listener of this.#onPending) listener(collection);
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#idle.stop();
    for (const listener of this.#onEnd) listener(error);
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.#idle.noteAsked();
    return this.#queue.run(() => {
      if (this.#ended !== undefined) throw this.#ended;
      return task();
    });
  }
}
