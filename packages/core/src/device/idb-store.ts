import { unwrap, wrap, type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction } from 'idb';
import { boundsOf } from './key-order.ts';
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

/** The stored format; a change of `storeLayout` needs the next number and a step in `upgrade`. */
export const storeVersion = 1;

/** Which database, and who hears that it was taken away. */
export interface IndexedDbStoreOptions {
  /** `CacawInventory`, or `CacawInventory.<account>` of a signed-in account. */
  readonly name: string;
  readonly indexedDB?: IDBFactory | undefined;
  /** Called when the browser takes the connection away: another version wants in, or the profile's data was cleared. */
  readonly onClosed?: ((error: StoreError) => void) | undefined;
}

/** Opens (and on first use creates) a device database; rejects with a {@link StoreError} instead of waiting for a blocked upgrade. */
export async function createIndexedDbStore(options: IndexedDbStoreOptions): Promise<DeviceStore> {
  const factory = options.indexedDB ?? globalThis.indexedDB;
  if (factory === undefined)
    throw new StoreError('unavailable', 'This browser offers no IndexedDB here; leave private mode or use another browser.');
  return new IndexedDbStore(await openDatabase(factory, options.name), options.onClosed);
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBPDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, storeVersion);
    let given = false;
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => (given ? request.result.close() : resolve(wrap(request.result)));
    request.onerror = () => reject(storeErrorFrom(request.error, `The database ${name} could not be opened.`));
    request.onblocked = () => {
      given = true;
      reject(new StoreError('blocked', `Another tab holds an older ${name} open; close that tab and try again.`));
    };
  });
}

function upgrade(database: IDBDatabase): void {
  for (const [name, { key, indexes }] of Object.entries(storeLayout)) {
    const store = database.createObjectStore(name, { keyPath: pathOf(key) });
    for (const [index, path] of Object.entries(indexes)) store.createIndex(index, pathOf(path));
  }
}

const pathOf = (path: string | readonly string[]): string | string[] => (typeof path === 'string' ? path : [...path]);

const codes: { readonly [name: string]: StoreErrorCode } = {
  QuotaExceededError: 'full',
  VersionError: 'blocked',
  InvalidStateError: 'closed',
  SecurityError: 'unavailable',
};
const advice: { readonly [Code in StoreErrorCode]: string } = {
  full: 'The device is out of space; free some and try again.',
  aborted: 'Nothing of it was kept; try again.',
  closed: 'The database was closed; reload the page.',
  blocked: 'Another version of the app is open; close its tabs and reload.',
  fenced: 'Another tab leads now.',
  foreign: 'Sign in as the account it belongs to.',
  unavailable: 'Storage is not allowed here.',
};

function storeErrorFrom(cause: unknown, what: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = (cause instanceof Error && codes[cause.name]) || 'aborted';
  return new StoreError(code, `${what} ${advice[code]}`, { cause });
}

class IndexedDbStore implements DeviceStore {
  readonly #database: IDBPDatabase;
  #closed: StoreError | undefined;

  constructor(database: IDBPDatabase, onClosed: ((error: StoreError) => void) | undefined) {
    this.#database = database;
    const lose = (what: string): void => {
      if (this.#closed !== undefined) return;
      this.#closed = new StoreError('closed', `${what} Reload the page.`);
      onClosed?.(this.#closed);
    };
    // A newer app in another tab must be able to upgrade: give way at once instead of blocking it.
    database.onversionchange = ({ newVersion }) => {
      database.close();
      lose(
        newVersion === null
          ? 'The data of this account was removed from this device.'
          : 'A newer version of the app took the database over.',
      );
    };
    database.onclose = () => lose('The browser closed the database; its data may have been cleared.');
  }

  async read<T>(stores: readonly StoreName[], run: (tx: StoreReader) => Promise<T>): Promise<T> {
    const transaction = this.#begin(stores, 'readonly', undefined);
    return settle(transaction, async () => run(new Reader(transaction)));
  }

  async write<T>(
    stores: readonly StoreName[],
    run: (tx: StoreWriter) => Promise<T>,
    options: { readonly durability: 'strict' | 'relaxed' },
  ): Promise<T> {
    const transaction = this.#begin(stores, 'readwrite', options);
    return settle(transaction, async () => run(new Writer(transaction)));
  }

  async close(): Promise<void> {
    this.#closed ??= new StoreError('closed', 'The device store has been closed; open it again.');
    this.#database.close();
  }

  #begin(stores: readonly StoreName[], mode: IDBTransactionMode, options: IDBTransactionOptions | undefined): AnyTransaction {
    if (this.#closed !== undefined) throw this.#closed;
    try {
      return this.#database.transaction([...stores], mode, options) as AnyTransaction;
    } catch (error) {
      throw storeErrorFrom(error, `A transaction over ${stores.join(', ')} could not begin.`);
    }
  }
}

type AnyTransaction = IDBPTransaction<unknown, string[], IDBTransactionMode>;
type AnyStore = IDBPObjectStore<unknown, string[], string, IDBTransactionMode>;

/** Resolves once a write has completed, a reading once it is answered; a failure of `work` aborts it, a failure of the transaction wins over both. */
async function settle<T>(transaction: AnyTransaction, work: () => Promise<T>): Promise<T> {
  const done = transaction.done.then(
    () => undefined,
    (error: unknown) => ({ error: transaction.error ?? error }),
  );
  let result: T;
  try {
    result = await work();
  } catch (error) {
    const ended = abort(transaction) ? undefined : await done;
    await done;
    // The request that broke the transaction rejects first; the transaction's own error says why (quota comes only there).
    throw isOwnFault(error) || ended !== undefined ? storeErrorFrom(ended?.error ?? error, 'The transaction failed.') : error;
  }
  // What was read is right as soon as it is answered; only a write has to wait for the disk.
  if (transaction.mode === 'readonly') return result;
  const failed = await done;
  if (failed !== undefined) throw storeErrorFrom(failed.error, 'The transaction could not be committed.');
  return result;
}

function abort(transaction: AnyTransaction): boolean {
  try {
    transaction.abort();
    return true;
  } catch {
    return false; // already ended: aborted by the failed request, or committed because `run` awaited something foreign
  }
}

const isOwnFault = (error: unknown): boolean => error instanceof DOMException;

class Reader implements StoreReader {
  protected readonly transaction: AnyTransaction;

  constructor(transaction: AnyTransaction) {
    this.transaction = transaction;
  }

  async get<Name extends StoreName>(store: Name, key: StoreKey): Promise<Stored[Name] | undefined> {
    return (await this.objectStore(store).get(key as IDBValidKey)) as Stored[Name] | undefined;
  }

  async range<Name extends StoreName>(store: Name, query: RangeQuery): Promise<readonly Stored[Name][]> {
    const source = this.#source(store, query);
    const range = keyRange(query);
    if (query.direction !== 'prev') return (await source.getAll(range, query.limit)) as Stored[Name][];
    if (query.limit === undefined) return ((await source.getAll(range)) as Stored[Name][]).reverse();
    const found: Stored[Name][] = [];
    let cursor = query.limit > 0 ? await source.openCursor(range, 'prev') : null;
    while (cursor !== null) {
      found.push(cursor.value as Stored[Name]);
      cursor = found.length < query.limit ? await cursor.continue() : null;
    }
    return found;
  }

  async count(store: StoreName, query: RangeQuery): Promise<number> {
    return this.#source(store, query).count(keyRange(query));
  }

  protected objectStore(store: StoreName): AnyStore {
    return this.transaction.objectStore(store) as unknown as AnyStore;
  }

  #source(store: StoreName, query: RangeQuery) {
    const objectStore = this.objectStore(store);
    return query.index === undefined ? objectStore : objectStore.index(query.index);
  }
}

class Writer extends Reader implements StoreWriter {
  // Writes go to the raw store: their failure aborts the transaction, whose own error is reported; a promise each would only cost.
  put<Name extends StoreName>(store: Name, value: Stored[Name]): void {
    this.#raw(store).put(value);
  }

  delete(store: StoreName, key: StoreKey): void {
    this.#raw(store).delete(key as IDBValidKey);
  }

  deleteRange(store: StoreName, query: RangeQuery): void {
    if (query.index !== undefined) return this.#deleteByIndex(store, query, query.index);
    const range = keyRange(query);
    if (range === undefined) this.#raw(store).clear();
    else this.#raw(store).delete(range);
  }

  #deleteByIndex(store: StoreName, query: RangeQuery, index: string): void {
    const target = this.#raw(store);
    const request = target.index(index).getAllKeys(keyRange(query) ?? null);
    request.onsuccess = () => {
      for (const key of request.result) target.delete(key);
    };
  }

  #raw(store: StoreName): IDBObjectStore {
    return unwrap(this.transaction).objectStore(store) as IDBObjectStore;
  }
}

function keyRange(query: RangeQuery): IDBKeyRange | undefined {
  const { lower, upper, lowerOpen, upperOpen } = boundsOf(query);
  if (lower !== undefined && upper !== undefined) return IDBKeyRange.bound(lower, upper, lowerOpen, upperOpen);
  if (lower !== undefined) return IDBKeyRange.lowerBound(lower, lowerOpen);
  return upper === undefined ? undefined : IDBKeyRange.upperBound(upper, upperOpen);
}
