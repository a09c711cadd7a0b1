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

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, storeVersion);
    let given = false;
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => (given ? request.result.close() : resolve(request.result));
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
  readonly #database: IDBDatabase;
  #closed: StoreError | undefined;

  constructor(database: IDBDatabase, onClosed: ((error: StoreError) => void) | undefined) {
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

  #begin(stores: readonly StoreName[], mode: IDBTransactionMode, options: IDBTransactionOptions | undefined): IDBTransaction {
    if (this.#closed !== undefined) throw this.#closed;
    try {
      return this.#database.transaction([...stores], mode, options);
    } catch (error) {
      throw storeErrorFrom(error, `A transaction over ${stores.join(', ')} could not begin.`);
    }
  }
}

/** What a request answers; rejects with its error. Of a cursor's request: where it stands next. */
const answerTo = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException('The request failed.', 'AbortError'));
  });

/** Resolves when it has ended: undefined when it was kept, else with why not. */
const endOf = (transaction: IDBTransaction): Promise<{ readonly error: unknown } | undefined> =>
  new Promise((resolve) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => resolve({ error: transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError') });
  });

/** Resolves once a write has completed, a reading once it is answered; a failure of `work` aborts it, a failure of the transaction wins over both. */
async function settle<T>(transaction: IDBTransaction, work: () => Promise<T>): Promise<T> {
  const done = endOf(transaction);
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

function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort();
    return true;
  } catch {
    return false; // already ended: aborted by the failed request, or committed because `run` awaited something foreign
  }
}

const isOwnFault = (error: unknown): boolean => error instanceof DOMException;

class Reader implements StoreReader {
  protected readonly transaction: IDBTransaction;

  constructor(transaction: IDBTransaction) {
    this.transaction = transaction;
  }

  async get<Name extends StoreName>(store: Name, key: StoreKey): Promise<Stored[Name] | undefined> {
    return (await answerTo(this.objectStore(store).get(key as IDBValidKey))) as Stored[Name] | undefined;
  }

  async range<Name extends StoreName>(store: Name, query: RangeQuery): Promise<readonly Stored[Name][]> {
    const source = this.#source(store, query);
    const range = keyRange(query);
    if (query.direction !== 'prev') return (await answerTo(source.getAll(range, query.limit))) as Stored[Name][];
    if (query.limit === undefined) return ((await answerTo(source.getAll(range))) as Stored[Name][]).reverse();
    const found: Stored[Name][] = [];
    if (query.limit <= 0) return found;
    const request = source.openCursor(range, 'prev');
    for (let cursor = await answerTo(request); cursor !== null; cursor = await answerTo(request)) {
      found.push(cursor.value as Stored[Name]);
      if (found.length >= query.limit) break;
      cursor.continue();
    }
    return found;
  }

  async count(store: StoreName, query: RangeQuery): Promise<number> {
    return answerTo(this.#source(store, query).count(keyRange(query)));
  }

  protected objectStore(store: StoreName): IDBObjectStore {
    return this.transaction.objectStore(store);
  }

  #source(store: StoreName, query: RangeQuery): IDBObjectStore | IDBIndex {
    const objectStore = this.objectStore(store);
    return query.index === undefined ? objectStore : objectStore.index(query.index);
  }
}

class Writer extends Reader implements StoreWriter {
  // No write's answer is awaited: its failure aborts the transaction, whose own error is reported; a promise each would only cost.
  put<Name extends StoreName>(store: Name, value: Stored[Name]): void {
    this.objectStore(store).put(value);
  }

  delete(store: StoreName, key: StoreKey): void {
    this.objectStore(store).delete(key as IDBValidKey);
  }

  deleteRange(store: StoreName, query: RangeQuery): void {
    if (query.index !== undefined) return this.#deleteByIndex(store, query, query.index);
    const range = keyRange(query);
    if (range === undefined) this.objectStore(store).clear();
    else this.objectStore(store).delete(range);
  }

  #deleteByIndex(store: StoreName, query: RangeQuery, index: string): void {
    const target = this.objectStore(store);
    const request = target.index(index).getAllKeys(keyRange(query) ?? null);
    request.onsuccess = () => {
      for (const key of request.result) target.delete(key);
    };
  }
}

function keyRange(query: RangeQuery): IDBKeyRange | undefined {
  const { lower, upper, lowerOpen, upperOpen } = boundsOf(query);
  if (lower !== undefined && upper !== undefined) return IDBKeyRange.bound(lower, upper, lowerOpen, upperOpen);
  if (lower !== undefined) return IDBKeyRange.lowerBound(lower, lowerOpen);
  return upper === undefined ? undefined : IDBKeyRange.upperBound(upper, upperOpen);
}
