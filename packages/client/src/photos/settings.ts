import type { DeviceStore } from '@cacaw/core/device';
import type { PhotoSettings } from './photo-calls.ts';

const key = 'photos';

/** What the person chose; sparing until they did. */
export async function readPhotoSettings(store: DeviceStore): Promise<PhotoSettings> {
  const row = await store.read(['settings'], (tx) => tx.get('settings', key));
  const { sendsMetered, keepsOriginals } = (
    typeof row?.value === 'object' && row.value !== null ? row.value : {}
  ) as Partial<PhotoSettings>;
  return { sendsMetered: sendsMetered === true, keepsOriginals: keepsOriginals === true };
}

/** Keeps what the person chose. */
export const writePhotoSettings = (store: DeviceStore, { sendsMetered, keepsOriginals }: PhotoSettings): Promise<void> =>
  store.write(['settings'], async (tx) => tx.put('settings', { key, value: { sendsMetered, keepsOriginals } }), { durability: 'strict' });
