import { isItemId, type CollectionId, type ItemId, type Json } from '@cacaw/protocol';
import { below, type StoreReader } from './store.ts';

/** An item of which this device knows that its photos are to be looked at. */
export interface LookMark {
  readonly collection: CollectionId;
  readonly item: ItemId;
  /** It was asked for here, by whoever the device belonged to. */
  readonly isOurs: boolean;
}

/** Every mark of this device. */
export async function looksMarked(tx: StoreReader): Promise<readonly LookMark[]> {
  const rows = await tx.range('settings', below('look'));
  return rows.flatMap(({ key, value }): readonly LookMark[] => {
    const [, collection = '', item] = key.split('/');
    return isItemId(item) ? [{ collection: collection as CollectionId, item, isOurs: isOurs(value) }] : [];
  });
}

const isOurs = (value: Json): boolean => (value as { readonly isOurs?: unknown } | null)?.isOurs === true;
