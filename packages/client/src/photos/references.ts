import { readRows, rowOf, rowStores, type DeviceStore } from '@cacaw/core/device';
import type { ItemRow } from '@cacaw/core';
import type { QueuedBlob } from '@cacaw/core/planner';
import type { ItemId } from '@cacaw/protocol';

/** The items that refer to a blob on its way, those that were known to first; none: nobody needs it any more. */
export async function itemsThatNeed(store: DeviceStore, { collection, hash, upload }: QueuedBlob): Promise<readonly ItemId[]> {
  const needs = (row: ItemRow): boolean => row.photos.some((photo) => photo.hash === hash) || row.files.some((file) => file.hash === hash);
  const known = await store.read(rowStores, (tx) => Promise.all(upload.items.map((item) => rowOf(tx, item))));
  const still = known.filter((row) => row !== undefined).filter(needs);
  if (still.length > 0) return still.map(({ id }) => id);
  // Seldom: its row was refused, or made again under another id.
  const found: ItemId[] = [];
  for await (const rows of readRows(store, collection)) found.push(...rows.filter(needs).map(({ id }) => id));
  return found;
}
