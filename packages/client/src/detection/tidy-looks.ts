import { below, lookSettingKey, type Device, type StoreReader } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';

/** What nobody looks at any more is kept for as long as ending it can be taken back. */
const keptMs = 30 * 24 * 3_600_000;

/** Lets go of answers and reviews of items that have long not been to be looked at. */
export async function tidyLooks(device: Pick<Device, 'write'>, nowMs: number): Promise<void> {
  await device.write(async (tx) => {
    for (const kind of ['looked', 'review'] as const) for (const key of await longEnded(tx, kind, nowMs)) tx.delete('settings', key);
  });
}

async function longEnded(tx: StoreReader, kind: 'looked' | 'review', nowMs: number): Promise<readonly string[]> {
  const rows = await tx.range('settings', below(kind));
  const old = rows.filter(({ value }) => nowMs - (value as { readonly at: number }).at >= keptMs);
  const marks = await Promise.all(
    old.map(({ key }) => {
      const [, collection = '', item = ''] = key.split('/');
      return tx.get('settings', lookSettingKey('look', collection as CollectionId, item));
    }),
  );
  return old.flatMap(({ key }, at) => (marks[at] === undefined ? [key] : []));
}
