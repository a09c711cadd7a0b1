import { shardOf, type CollectionId, type ItemId } from '@cacaw/protocol';
import type { ItemRow, PlaceId } from '../inventory/rows.ts';
import type { DeviceStore, StoreReader } from './store.ts';

/** The object stores item rows are read from: single records, and the chunks of a first sync that are not yet single records. */
export const rowStores = ['items', 'chunks'] as const;

/** Chunks read to fill the first screen of a collection that is still arriving. */
const firstChunks = 8;
const batchRows = 1000;

/**
 * At least `limit` rows in the order of their ids, from after `after` on, or all there are. A shard is stored as a chunk or as
 * records, never as both, and its ids begin with its name: both are read in one order and no row is met twice.
 */
export async function rowsAfter(
  tx: StoreReader,
  collection: CollectionId,
  from: { readonly after: string; readonly limit: number },
): Promise<readonly ItemRow[]> {
  const { after, limit } = from;
  const [records, chunks] = await Promise.all([
    tx.range('items', { index: 'collection', lower: [collection, after], lowerOpen: true, upper: [collection, '~'], limit }),
    tx.range('chunks', { lower: [collection, after.slice(0, 6)], upper: [collection, '~'], limit: Math.ceil(limit / 128) + 1 }),
  ]);
  const chunked = chunks.flatMap((chunk) => chunk.rows.filter((row) => row.id > after));
  if (chunked.length === 0) return records.map(whole);
  const merged = [...records, ...chunked].map(whole).sort((a, b) => (a.id < b.id ? -1 : 1));
  // Past the last row of whichever reading was cut short, the other may have gaps.
  const ends = [
    records.length >= limit ? records.at(-1)?.id : undefined,
    chunks.length > Math.ceil(limit / 128) ? chunked.at(-1)?.id : undefined,
  ];
  const end = ends.filter((id) => id !== undefined).sort()[0];
  return end === undefined ? merged : merged.filter((row) => row.id <= end);
}

/** The first rows of a place by order, at a cost that does not grow with the collection. While chunks are left, rows may still come between these. */
export async function firstRows(
  tx: StoreReader,
  collection: CollectionId,
  place: { readonly folderId: PlaceId; readonly limit: number },
): Promise<readonly ItemRow[]> {
  const { folderId, limit } = place;
  const [records, chunks] = await Promise.all([
    tx.range('items', { index: 'place', prefix: [collection, folderId], limit }),
    tx.range('chunks', { prefix: [collection], limit: firstChunks }),
  ]);
  const chunked = chunks.flatMap((chunk) => chunk.rows.filter((row) => row.folderId === folderId));
  return (chunked.length === 0 ? records : [...records, ...chunked].sort(byOrder).slice(0, limit)).map(whole);
}

const nothing: readonly never[] = Object.freeze([]);

/** A row as it is shaped today: one that was kept before there were photos has none, nor has any been looked at. */
export function whole(row: ItemRow): ItemRow {
  const { photos, look } = row as Partial<ItemRow>;
  if (look !== undefined) return row;
  return { ...row, look: null, detected: null, ...(photos === undefined ? { photos: nothing, files: nothing } : {}) };
}

/** The row an id names, wherever it is stored. */
export async function rowOf(tx: StoreReader, id: ItemId): Promise<ItemRow | undefined> {
  const record = await tx.get('items', id);
  if (record !== undefined) return whole(record);
  const shard = shardOf(id);
  const chunks = await tx.range('chunks', { index: 'shard', lower: shard, upper: shard });
  const found = chunks.flatMap((chunk) => chunk.rows).find((row) => row.id === id);
  return found && whole(found);
}

/** Every item row of a collection, in batches, in the order of their ids; a row stored throughout is given once. */
export async function* readRows(store: DeviceStore, collection: CollectionId): AsyncGenerator<readonly ItemRow[]> {
  for (let after = ''; ;) {
    const from = { after, limit: batchRows };
    const rows = await store.read(rowStores, (tx) => rowsAfter(tx, collection, from));
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

/** The first rows of a place, read in a transaction of their own. */
export function readFirstRows(
  store: DeviceStore,
  collection: CollectionId,
  place: { readonly folderId: PlaceId; readonly limit: number },
): Promise<readonly ItemRow[]> {
  return store.read(rowStores, (tx) => firstRows(tx, collection, place));
}

const byOrder = (a: ItemRow, b: ItemRow): number => (a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1);
