import type { ListChange } from '@cacaw/client';
import type { CollectionId } from '@cacaw/protocol';
import { startEngine } from './engine.ts';
import { moment } from './moment.ts';

const wanted = 50;

/** How long one visit took to show its first rows. */
export interface Opening {
  /** From the call that opens the database to 50 rows in the page's memory. */
  readonly ms: number;
  /** Of it, until the browser had opened the database. */
  readonly databaseMs: number;
  /** From starting the engine's worker, its script included. */
  readonly sinceStartMs: number;
  readonly rows: number;
}

/** Opens the device database through the whole engine and waits for the first rows of the top level. */
export async function openCollection(relay: string, collection: CollectionId): Promise<Opening> {
  const startedAt = moment();
  const engine = startEngine(relay);
  const first = await new Promise<ListChange>((done) => void engine.cacaw.list({ collection, place: '' }, done));
  const shownAt = moment();
  const { database } = await engine.report();
  if (first.rows.length < wanted) throw new Error(`The first answer brought ${first.rows.length} rows, not ${wanted}.`);
  const openedAt = database?.startedAt ?? startedAt;
  const databaseMs = (database?.endedAt ?? openedAt) - openedAt;
  return { ms: shownAt - openedAt, databaseMs, sinceStartMs: shownAt - startedAt, rows: first.rows.length };
}

/** The least a browser can do for it: opens the same database bare and reads 50 records by the place index. */
export async function openBare(collection: CollectionId): Promise<Opening> {
  const startedAt = moment();
  const database = await asked(indexedDB.open('CacawInventory'));
  const databaseMs = moment() - startedAt;
  const index = database.transaction('items').objectStore('items').index('place');
  const rows = await asked(index.getAll(IDBKeyRange.bound([collection, ''], [collection, '', []]), wanted));
  const ms = moment() - startedAt;
  if (rows.length < wanted) throw new Error(`The bare reading brought ${rows.length} rows, not ${wanted}.`);
  return { ms, databaseMs, sinceStartMs: ms, rows: rows.length };
}

/** An IndexedDB request as a promise. */
export const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('An IndexedDB request failed.'));
  });
