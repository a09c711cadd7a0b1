import { MemoryTable } from './memory-table.ts';
import {
  StoreError,
  storeLayout,
  type DeviceStore,
  type RangeQuery,
  type Stored,
  type StoreErrorCode,
  type StoreKey,
  type StoreName,
  type StoreReader,
  type StoreWriter,
} from './store.ts';

/** Where a transaction of a memory store stands when its pace is asked. */
export type StorePoint = 'begin' | 'request' | 'commit' | 'complete' | 'abort';

/** How a memory store misbehaves; every field may be changed while it runs. */
export interface MemoryFaults {
  /** The next commits fail, in this order, having changed nothing. */
  failCommits: ('full' | 'aborted')[];
  /** Awaited at every point of a transaction (`abort`, when everything is taken back, is only told), so that a simulator can delay it, or crash the tab in the middle. */
  pace?: ((point: StorePoint) => Promise<void> | undefined) | undefined;
}

/** What survives the tabs that write it: one browser profile's database, in memory. */
export interface MemoryDisk {
  /** Opens another connection, as another tab would. */
  open(faults?: Partial<MemoryFaults>): MemoryStore;
  /** An independent copy of the durable content, as a restored or cloned machine has it. */
  clone(): MemoryDisk;
  /** Takes back relaxed commits made after the last strict one, as a power cut may; open connections die. */
  losePower(): void;
}

/** A device store in memory: deterministic, serializable, isolated by copy, with the faults a browser has. */
export interface MemoryStore extends DeviceStore {
  readonly disk: MemoryDisk;
  readonly faults: MemoryFaults;
  /** Kills the tab: an uncommitted transaction is gone, and no promise of this connection ever settles again. */
  crash(): void;
  /** Holds every transaction that has not begun until {@link thaw}, as a frozen tab does. */
  freeze(): void;
  thaw(): void;
}

type Undo = () => void;

class Disk implements MemoryDisk {
  readonly tables: ReadonlyMap<StoreName, MemoryTable>;
  /** Undo of relaxed commits since the last strict one, oldest first. */
  relaxed: Undo[] = [];
  readonly connections = new Set<Connection>();
  #last: Promise<void> = Promise.resolve();

  constructor(tables: ReadonlyMap<StoreName, MemoryTable>) {
    this.tables = tables;
  }

  /** Runs `task` after every task before it has ended, however it ended. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.then(nothing, nothing);
    return result;
  }

  open(faults: Partial<MemoryFaults> = {}): MemoryStore {
    const connection = new Connection(this, { failCommits: [], ...faults });
    this.connections.add(connection);
    return connection;
  }

  clone(): MemoryDisk {
    return new Disk(new Map([...this.tables].map(([name, table]) => [name, table.clone()])));
  }

  losePower(): void {
    for (const connection of this.connections) connection.crash();
    for (const undo of this.relaxed.reverse()) undo();
    this.relaxed = [];
  }
}

const nothing = (): void => undefined;
const never = new Promise<never>(nothing);
const causes: { readonly [Code in StoreErrorCode]?: string } = {
  full: 'The device is out of space; the edit was not kept. Free some space and try again.',
  aborted: 'The device store gave the transaction up; nothing of it was kept. Try again.',
};

class Connection implements MemoryStore {
  readonly disk: Disk;
  readonly faults: MemoryFaults;
  #state: 'open' | 'closed' | 'crashed' = 'open';
  #thawed: Promise<void> | undefined;
  #thaw: () => void = nothing;
  #running: Transaction | undefined;
  #release: () => void = nothing;

  constructor(disk: Disk, faults: MemoryFaults) {
    this.disk = disk;
    this.faults = faults;
  }

  read<T>(stores: readonly StoreName[], run: (tx: StoreReader) => Promise<T>): Promise<T> {
    return this.#transact(new Transaction(this, stores, 'read'), run, 'relaxed');
  }

  write<T>(
    stores: readonly StoreName[],
    run: (tx: StoreWriter) => Promise<T>,
    options: { readonly durability: 'strict' | 'relaxed' },
  ): Promise<T> {
    return this.#transact(new Transaction(this, stores, 'write'), run, options.durability);
  }

  async close(): Promise<void> {
    await this.disk.exclusive(async () => {
      if (this.#state === 'open') this.#state = 'closed';
      this.disk.connections.delete(this);
    });
  }

  crash(): void {
    if (this.#state === 'crashed') return;
    this.#state = 'crashed';
    this.disk.connections.delete(this);
    this.#running?.undo();
    this.#release();
  }

  freeze(): void {
    this.#thawed ??= new Promise((resolve) => (this.#thaw = resolve));
  }

  thaw(): void {
    this.#thaw();
    this.#thawed = undefined;
  }

  /** Settles when the simulator lets this point pass; never, once the tab has crashed. */
  async reach(point: StorePoint): Promise<void> {
    await this.faults.pace?.(point);
    if (this.#state === 'crashed') await never;
  }

  async #transact<T, Tx>(tx: Transaction & Tx, run: (tx: Tx) => Promise<T>, durability: 'strict' | 'relaxed'): Promise<T> {
    while (this.#thawed !== undefined) await this.#thawed;
    if (this.#state === 'crashed') return never;
    const done = Promise.withResolvers<T>();
    void this.disk.exclusive(async () => {
      if (this.#state === 'closed') return done.reject(new StoreError('closed', 'The device store has been closed; open it again.'));
      if (this.#state === 'crashed') return;
      // A crash ends the lock at once: the other tabs of the same disk go on.
      const crashed = new Promise<void>((resolve) => (this.#release = resolve));
      this.#running = tx;
      await Promise.race([crashed, this.#execute(tx, run, durability).then(done.resolve, done.reject)]);
      this.#running = undefined;
    });
    return done.promise;
  }

  async #execute<T, Tx>(tx: Transaction & Tx, run: (tx: Tx) => Promise<T>, durability: 'strict' | 'relaxed'): Promise<T> {
    try {
      await this.reach('begin');
      const result = await run(tx);
      await this.reach('commit');
      if (tx.mode === 'write') this.#commit(tx, durability);
      tx.end();
      await this.reach('complete');
      return result;
    } catch (error) {
      // A dead tab hears of nothing, not even that its transaction has ended.
      if (this.#state === 'crashed') return never;
      tx.undo();
      void this.faults.pace?.('abort');
      throw error;
    }
  }

  #commit(tx: Transaction, durability: 'strict' | 'relaxed'): void {
    const fault = this.faults.failCommits.shift();
    if (fault !== undefined) throw new StoreError(fault, causes[fault] ?? fault);
    if (durability === 'strict') this.disk.relaxed = [];
    else this.disk.relaxed.push(...tx.undos);
  }
}

class Transaction implements StoreWriter {
  readonly mode: 'read' | 'write';
  undos: Undo[] = [];
  readonly #connection: Connection;
  readonly #stores: ReadonlySet<StoreName>;
  #ended = false;

  constructor(connection: Connection, stores: readonly StoreName[], mode: 'read' | 'write') {
    this.#connection = connection;
    this.#stores = new Set(stores);
    this.mode = mode;
  }

  async get<Name extends StoreName>(store: Name, key: StoreKey): Promise<Stored[Name] | undefined> {
    const found = this.#table(store).get(key);
    const copy = found === undefined ? undefined : clone(found as Stored[Name]);
    await this.#connection.reach('request');
    return copy;
  }

  async range<Name extends StoreName>(store: Name, query: RangeQuery): Promise<readonly Stored[Name][]> {
    const found = this.#table(store)
      .range(query)
      .map((one) => clone(one as Stored[Name]));
    await this.#connection.reach('request');
    return found;
  }

  async count(store: StoreName, query: RangeQuery): Promise<number> {
    const count = this.#table(store).keys(query).length;
    await this.#connection.reach('request');
    return count;
  }

  put<Name extends StoreName>(store: Name, value: Stored[Name]): void {
    const table = this.#writable(store);
    const copy = clone(value);
    this.#set(table, table.keyOf(copy), copy);
  }

  delete(store: StoreName, key: StoreKey): void {
    this.#set(this.#writable(store), key, undefined);
  }

  deleteRange(store: StoreName, query: RangeQuery): void {
    const table = this.#writable(store);
    for (const key of table.keys(query)) this.#set(table, key, undefined);
  }

  undo(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const undo of this.undos.reverse()) undo();
    this.undos = [];
  }

  end(): void {
    this.#ended = true;
  }

  #set(table: MemoryTable, key: StoreKey, record: object | undefined): void {
    const before = table.set(key, record);
    this.undos.push(() => void table.set(key, before));
  }

  #writable(store: StoreName): MemoryTable {
    if (this.mode === 'read') throw new StoreError('aborted', `The transaction only reads; it cannot change ${store}.`);
    return this.#table(store);
  }

  #table(store: StoreName): MemoryTable {
    const table = this.#connection.disk.tables.get(store);
    if (this.#ended) throw new StoreError('aborted', `The transaction has ended; ${store} can no longer be used in it.`);
    if (table === undefined || !this.#stores.has(store)) throw new StoreError('aborted', `The transaction does not cover ${store}.`);
    return table;
  }
}

/** Copies as structured clone does; the plain cases by hand, because the simulator makes millions of them. */
function clone<T>(value: T): T {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  if (value instanceof Uint8Array) return value.slice() as T;
  if (Array.isArray(value)) return value.map((one) => clone<unknown>(one)) as T;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value);
  const copy: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) copy[name] = clone(one);
  return copy as T;
}

/** Creates an empty disk, on which several stores (tabs) may be opened. */
export function createMemoryDisk(): MemoryDisk {
  const names = Object.keys(storeLayout) as StoreName[];
  return new Disk(new Map(names.map((name) => [name, new MemoryTable(storeLayout[name])])));
}

/** Creates a store on a disk of its own. */
export function createMemoryStore(faults: Partial<MemoryFaults> = {}): MemoryStore {
  return createMemoryDisk().open(faults);
}
