import type { DeviceStore } from '@cacaw/core/device';
import { randomBase62, type CollectionId, type Json, type Random } from '@cacaw/protocol';
import { secretBytes, secretText } from './share-link.ts';

/** What this device remembers about itself, never exported and never sent except where said. */
export interface DeviceSettings {
  /** The random secret whose hash is this device's account; made once, at the first call. */
  accountSecret(): Promise<Uint8Array>;
  /** Tells this device's sessions from others of the same account; made once. */
  deviceId(): Promise<string>;
  name(): Promise<string>;
  setName(name: string): Promise<void>;
  /** Secrets of collections somebody asked to share and no relay has taken yet. */
  intendedShares(): Promise<ReadonlyMap<CollectionId, string>>;
  /** The secret a collection is to be shared under; the first one stays, so that a repeated share is the same share. */
  intendShare(collection: CollectionId, secret: string): Promise<string>;
  shareDone(collection: CollectionId): Promise<void>;
}

const accountKey = 'account-secret';
const deviceKey = 'device-id';
const nameKey = 'name';
const sharePrefix = 'share:';
const strict = { durability: 'strict' } as const;

/** Reads and writes the settings store; each call is one transaction, so that any tab may make it. */
export function createDeviceSettings(store: DeviceStore, random: Random): DeviceSettings {
  const get = (key: string): Promise<Json | undefined> => store.read(['settings'], async (tx) => (await tx.get('settings', key))?.value);

  const getOrPut = (key: string, value: string): Promise<string> =>
    store.write(
      ['settings'],
      async (tx) => {
        const stored = (await tx.get('settings', key))?.value;
        if (typeof stored === 'string') return stored;
        tx.put('settings', { key, value });
        return value;
      },
      strict,
    );

  return {
    accountSecret: async () => secretBytes(await getOrPut(accountKey, secretText(random.bytes(32)))),
    deviceId: () => getOrPut(deviceKey, randomBase62(random, 16)),
    async name() {
      const name = await get(nameKey);
      return typeof name === 'string' ? name : '';
    },
    setName: (name) => store.write(['settings'], async (tx) => tx.put('settings', { key: nameKey, value: name }), strict),
    async intendedShares() {
      const rows = await store.read(['settings'], (tx) => tx.range('settings', { lower: sharePrefix, upper: `${sharePrefix}\uffff` }));
      return new Map(
        rows.flatMap(({ key, value }) => (typeof value === 'string' ? [[key.slice(sharePrefix.length) as CollectionId, value]] : [])),
      );
    },
    intendShare: (collection, secret) => getOrPut(sharePrefix + collection, secret),
    shareDone: (collection) => store.write(['settings'], async (tx) => tx.delete('settings', sharePrefix + collection), strict),
  };
}
