import { isItemId, type CollectionId, type ItemId, type Json } from '@cacaw/protocol';
import { keptMark, lookSettingKey, type AskedLook, type KeptMark } from './look-marks.ts';
import { rowOf } from './read-rows.ts';
import { below, type StoreReader, type StoreWriter } from './store.ts';

/** An item of which this device knows that its photos are to be looked at. */
export interface LookMark {
  readonly collection: CollectionId;
  readonly item: ItemId;
  /** Null: nothing of it was asked for here. */
  readonly asked: AskedLook | null;
}

/** Makes a look this device's own as it stands, whoever asked for it. */
export async function takeLook(tx: StoreWriter, collection: CollectionId, item: ItemId): Promise<void> {
  const row = await rowOf(tx, item);
  if (row === undefined || row.look === null) return;
  const { by, prompt } = row.look;
  const photos = row.photos.map(({ hash }) => hash);
  const mark: KeptMark = { asked: { by, prompt, photos, isTaken: true }, seen: { by, prompt, photos } };
  tx.put('settings', { key: lookSettingKey('look', collection, item), value: mark as unknown as Json });
}

/** Every mark of this device. */
export async function looksMarked(tx: StoreReader): Promise<readonly LookMark[]> {
  const rows = await tx.range('settings', below('look'));
  return rows.flatMap(({ key, value }): readonly LookMark[] => {
    const [, collection = '', item] = key.split('/');
    return isItemId(item) ? [{ collection: collection as CollectionId, item, asked: keptMark(value)?.asked ?? null }] : [];
  });
}
