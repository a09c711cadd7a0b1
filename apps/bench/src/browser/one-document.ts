import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { draftsOf } from './filling.ts';
import { moment } from './moment.ts';
import { asked, type Opening } from './opening.ts';

const name = 'one-document';

interface Kept {
  readonly order: number;
  readonly folderId?: string | undefined;
}

/** The same items in one Y.Doc on stock y-indexeddb, one JSON value per item: the leanest way to keep them there. */
export async function fillOneDocument(items: number): Promise<void> {
  const doc = new Y.Doc();
  const store = new IndexeddbPersistence(name, doc);
  await store.whenSynced;
  const map = doc.getMap<object>('items');
  const drafts = draftsOf(items);
  for (let from = 0; from < drafts.length; from += 512) {
    doc.transact(() => drafts.slice(from, from + 512).forEach((draft, n) => map.set(crypto.randomUUID(), { ...draft, order: from + n })));
  }
  // Stock y-indexeddb tells of no completed write; a reading of its store is queued behind them all.
  if (store.db === null) throw new Error('y-indexeddb has opened no database.');
  await asked(store.db.transaction('updates').objectStore('updates').count());
  await store.destroy();
}

/** Opens that document and takes the first 50 items of the top level. */
export async function openOneDocument(): Promise<Opening> {
  const startedAt = moment();
  const doc = new Y.Doc();
  const store = new IndexeddbPersistence(name, doc);
  await store.whenSynced;
  const top: Kept[] = [];
  doc.getMap<Kept>('items').forEach((item) => void (item.folderId === '' && top.push(item)));
  const rows = top.sort((a, b) => a.order - b.order).slice(0, 50);
  const ms = moment() - startedAt;
  if (rows.length < 50) throw new Error(`One Y.Doc brought ${rows.length} rows, not 50.`);
  return { ms, databaseMs: 0, sinceStartMs: ms, rows: rows.length };
}
