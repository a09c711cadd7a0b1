import { shardOf, type CollectionId, type ItemId } from '@cacaw/protocol';
import { readFirstRows, rowsAfter, rowStores, whole } from '../device/read-rows.ts';
import type { DeviceStore, StoreReader } from '../device/store.ts';
import type { CollectionRow, FolderRow, ItemRow, PlaceId } from '../inventory/rows.ts';

/** One run of a collection's items and where the next begins; `next` is undefined after the last. */
export interface RowSlice {
  readonly items: readonly ItemRow[];
  readonly next: string | undefined;
}

/** Where views read stored rows: the leading tab's store, or a follower's reading of the same database. */
export interface RowSource {
  collections(): Promise<readonly CollectionRow[]>;
  folders(collection: CollectionId): Promise<readonly FolderRow[]>;
  /** The first items of a place in their order, at a cost that does not grow with the collection. */
  firstItems(collection: CollectionId, place: PlaceId, limit: number): Promise<readonly ItemRow[]>;
  /** Items in the order of their ids, from `after` on; every item stored throughout is met once. */
  slice(collection: CollectionId, after: string, limit: number): Promise<RowSlice>;
  /** The rows that exist among `ids`, in their order. */
  items(ids: readonly ItemId[]): Promise<readonly ItemRow[]>;
}

/** Reads rows from the device database. */
export function createRowSource(store: DeviceStore): RowSource {
  return {
    collections: () => store.read(['collections'], (tx) => tx.range('collections', {})),
    folders: (collection) =>
      store.read(['folders'], (tx) => tx.range('folders', { index: 'collection', lower: collection, upper: collection })),
    firstItems: (collection, folderId, limit) => readFirstRows(store, collection, { folderId, limit }),
    slice: async (collection, after, limit) => {
      const items = await store.read(rowStores, (tx) => rowsAfter(tx, collection, { after, limit }));
      return { items, next: items.at(-1)?.id };
    },
    items: (ids) => store.read(rowStores, (tx) => rowsOf(tx, ids)),
  };
}

/** Single records first; what is missing may still lie in a chunk, read once per shard. */
async function rowsOf(tx: StoreReader, ids: readonly ItemId[]): Promise<readonly ItemRow[]> {
  const rows = new Map<string, ItemRow>();
  for (const row of await Promise.all(ids.map((id) => tx.get('items', id)))) if (row !== undefined) rows.set(row.id, row);
  const shards = new Set(ids.filter((id) => !rows.has(id)).map(shardOf));
  const chunks = await Promise.all([...shards].map((shard) => tx.range('chunks', { index: 'shard', lower: shard, upper: shard })));
  for (const chunk of chunks.flat()) for (const row of chunk.rows) rows.set(row.id, row);
  return ids.flatMap((id) => {
    const row = rows.get(id);
    return row === undefined ? [] : [whole(row)];
  });
}
