import type { Clock, CollectionId } from '@cacaw/protocol';
import { IndexeddbPersistence, PREFERRED_TRIM_SIZE, storeState } from 'y-indexeddb';
import * as Y from 'yjs';
import { StoreError } from './store.ts';

/** Which free document is kept, beside which device database. */
export interface FreeDocumentPlace {
  /** Name of the account's device database, e.g. `CacawInventory`. */
  readonly database: string;
  readonly collection: CollectionId;
  readonly name: string;
  readonly generation: number;
}

/** The database of one free document: one per document, as y-indexeddb wants it. */
export const freeDatabaseName = ({ database, collection, name, generation }: FreeDocumentPlace): string =>
  `${database}.${collection}.free.${name}.${generation}`;

/** What keeping takes from outside. */
export interface KeepOptions {
  readonly clock: Clock;
  readonly indexedDB?: IDBFactory | undefined;
  /** Loading longer than this rejects `loaded`: the stock package would wait for ever. */
  readonly timeoutMs?: number | undefined;
}

/** A free document kept on this device by the stock y-indexeddb. */
export interface KeptDocument extends AsyncDisposable {
  readonly name: string;
  /** Resolves when everything stored is in the document; rejects with a {@link StoreError} when that cannot be. */
  readonly loaded: Promise<void>;
  /** Resolves when every edit so far is on the disk; rejects when one is not. */
  flush(): Promise<void>;
  /** Called when an edit could not be kept; the next edit that can be stores the whole document, so that nothing after it is lost. */
  onFailure(listener: (error: StoreError) => void): () => void;
  /** Closes and deletes the database; resolves when it is gone. */
  wipe(): Promise<void>;
}

/** Keeps a free document: loads what is stored, then stores every edit. */
export function keepDocument(doc: Y.Doc, name: string, options: KeepOptions): KeptDocument {
  return new StockDocument(doc, name, options);
}

const trimAfterMs = 1000;

/**
 * The stock package with its measured faults (yjs-facts.md) kept out: rows that cannot be read are set aside before it loads
 * (it would never settle), and edits are stored here, on transaction complete and strictly (it reports neither a failed write
 * nor the gap that one leaves, behind which every later edit is lost at the next start). Format, loading and trimming are its own.
 */
class StockDocument implements KeptDocument {
  readonly name: string;
  readonly loaded: Promise<void>;
  readonly #doc: Y.Doc;
  readonly #options: KeepOptions;
  readonly #failures = new Set<(error: StoreError) => void>();
  readonly #store: (update: Uint8Array, origin: unknown) => void;
  #persistence: IndexeddbPersistence | undefined;
  #writes: Promise<void> = Promise.resolve();
  #failed: StoreError | undefined;
  #stored = 0;
  #cancelTrim: (() => void) | undefined;
  #isClosed = false;

  constructor(doc: Y.Doc, name: string, options: KeepOptions) {
    this.#doc = doc;
    this.name = name;
    this.#options = options;
    this.#store = (update, origin) => this.#keep(update, origin);
    this.loaded = this.#load();
    this.loaded.catch(() => undefined); // whoever awaits it hears; nobody must
  }

  async flush(): Promise<void> {
    await this.loaded;
    await this.#writes;
    if (this.#failed !== undefined) throw this.#failed;
  }

  onFailure(listener: (error: StoreError) => void): () => void {
    this.#failures.add(listener);
    return () => this.#failures.delete(listener);
  }

  async wipe(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await deleteDatabase(this.#factory(), this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTrim?.();
    this.#doc.off('update', this.#store);
    await this.loaded.catch(() => undefined);
    await this.#writes;
    await this.#persistence?.destroy();
  }

  #factory(): IDBFactory {
    const factory = this.#options.indexedDB ?? globalThis.indexedDB;
    if (factory === undefined)
      throw new StoreError('unavailable', 'This browser offers no IndexedDB here; the notebook is not kept on this device.');
    return factory;
  }

  async #load(): Promise<void> {
    this.#stored = await setUnreadableAside(this.#factory(), this.name);
    if (this.#isClosed) return;
    const persistence = new IndexeddbPersistence(this.name, this.#doc);
    this.#persistence = persistence;
    this.#doc.off('update', persistence._storeUpdate);
    this.#doc.on('update', this.#store);
    await this.#inTime(persistence.whenSynced);
  }

  #inTime(settled: Promise<unknown>): Promise<void> {
    const { clock, timeoutMs = 10_000 } = this.#options;
    return new Promise((resolve, reject) => {
      const message = `The database ${this.name} did not load within ${timeoutMs} ms; reload the page.`;
      const cancel = clock.after(timeoutMs, () => reject(new StoreError('blocked', message)));
      void settled.then(() => {
        cancel();
        resolve();
      });
    });
  }

  #keep(update: Uint8Array, origin: unknown): void {
    if (origin === this.#persistence) return;
    // After a failure the stored edits have a gap: only the whole document closes it.
    const bytes = this.#failed === undefined ? update : Y.encodeStateAsUpdate(this.#doc);
    this.#writes = this.#writes
      .then(() => this.#write(bytes))
      .then(
        () => this.#kept(),
        (error: unknown) => this.#fail(error),
      );
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const database = this.#persistence?.db ?? (await this.#persistence?._db);
    if (database === undefined || database === null) throw new StoreError('closed', `The database ${this.name} is not open.`);
    const transaction = database.transaction(['updates'], 'readwrite', { durability: 'strict' });
    transaction.objectStore('updates').add(bytes);
    await completed(transaction);
  }

  #kept(): void {
    this.#failed = undefined;
    this.#stored += 1;
    if (this.#stored < PREFERRED_TRIM_SIZE || this.#isClosed) return;
    this.#cancelTrim?.();
    this.#cancelTrim = this.#options.clock.after(trimAfterMs, () => this.#trim());
  }

  #trim(): void {
    const persistence = this.#persistence;
    if (persistence === undefined) return;
    this.#writes = this.#writes
      .then(() => storeState(persistence))
      .then(
        () => void (this.#stored = 1),
        (error: unknown) => this.#fail(error),
      );
  }

  #fail(cause: unknown): void {
    const isFull = cause instanceof Error && cause.name === 'QuotaExceededError';
    const advice = isFull ? 'The device is out of space; free some.' : 'Reload the page.';
    this.#failed =
      cause instanceof StoreError
        ? cause
        : new StoreError(isFull ? 'full' : 'aborted', `An edit of ${this.name} could not be kept. ${advice}`, { cause });
    for (const listener of this.#failures) listener(this.#failed);
  }
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new StoreError('aborted', 'The transaction was aborted.'));
  });
}

/** Moves rows that cannot be read out of the stock package's way, into its second store; returns how many are left. */
async function setUnreadableAside(factory: IDBFactory, name: string): Promise<number> {
  const database = await openDatabase(factory, name);
  try {
    const transaction = database.transaction(['updates', 'custom'], 'readwrite');
    const updates = transaction.objectStore('updates');
    const doc = new Y.Doc();
    let readable = 0;
    const request = updates.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null) return;
      if (isReadable(doc, cursor.value)) readable += 1;
      else {
        transaction.objectStore('custom').put(cursor.value, `unreadable-${cursor.key as number}`);
        cursor.delete();
      }
      cursor.continue();
    };
    await completed(transaction);
    doc.destroy();
    return readable;
  } finally {
    database.close();
  }
}

function isReadable(doc: Y.Doc, value: unknown): boolean {
  try {
    Y.applyUpdate(doc, value as Uint8Array, 'probe');
    return true;
  } catch {
    return false;
  }
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name);
    // The stores as y-indexeddb makes them: it opens whatever version there is.
    request.onupgradeneeded = () => {
      request.result.createObjectStore('updates', { autoIncrement: true });
      request.result.createObjectStore('custom');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new StoreError('unavailable', `The database ${name} could not be opened.`, { cause: request.error }));
    request.onblocked = () => reject(new StoreError('blocked', `Another tab holds ${name} open; close it and try again.`));
  });
}

function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new StoreError('aborted', `The database ${name} could not be deleted.`, { cause: request.error }));
    // Blocked only until the other tab's connection gives way, which it does on versionchange.
  });
}
