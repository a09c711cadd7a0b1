import type { DeviceStore } from '@cacaw/core/device';
import {
  base64urlToBytes,
  bytesToBase64url,
  randomBase62,
  type AccountId,
  type CollectionId,
  type Json,
  type Random,
} from '@cacaw/protocol';

/** What this device remembers about itself, never exported and never sent except where said. */
export interface DeviceSettings {
  /** The random secret whose hash is this device's account; made once, at the first call. */
  accountSecret(): Promise<Uint8Array>;
  /** The same secret, when this device was a guest and the account has not claimed what it was a member of. */
  unclaimedSecret(account: AccountId): Promise<Uint8Array | undefined>;
  noteClaimed(account: AccountId): Promise<void>;
  /** Tells this device's sessions from others of the same account; made once. */
  deviceId(): Promise<string>;
  name(): Promise<string>;
  setName(name: string): Promise<void>;
  /** Collections somebody asked to share and no relay has taken yet. */
  intendedShares(): Promise<ReadonlySet<CollectionId>>;
  intendShare(collection: CollectionId): Promise<void>;
  shareDone(collection: CollectionId): Promise<void>;
  /** Collections the person took off this device: the list of the account must not bring them back. */
  putAway(): Promise<ReadonlySet<CollectionId>>;
  notePutAway(collection: CollectionId): Promise<void>;
  noteWanted(collection: CollectionId): Promise<void>;
}

const accountKey = 'account-secret';
const deviceKey = 'device-id';
const nameKey = 'name';
const claimedKey = 'claimed';
const sharePrefix = 'share:';
const awayPrefix = 'away:';
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

  const put = (key: string, value: Json): Promise<void> =>
    store.write(['settings'], async (tx) => tx.put('settings', { key, value }), strict);
  const remove = (key: string): Promise<void> => store.write(['settings'], async (tx) => tx.delete('settings', key), strict);
  const under = async (prefix: string): Promise<ReadonlySet<CollectionId>> => {
    const rows = await store.read(['settings'], (tx) => tx.range('settings', { lower: prefix, upper: `${prefix}\uffff` }));
    return new Set(rows.map(({ key }) => key.slice(prefix.length) as CollectionId));
  };

  return {
    accountSecret: async () => base64urlToBytes(await getOrPut(accountKey, bytesToBase64url(random.bytes(32)))),
    async unclaimedSecret(account) {
      const [secret, claimed] = await Promise.all([get(accountKey), get(claimedKey)]);
      return typeof secret === 'string' && claimed !== account ? base64urlToBytes(secret) : undefined;
    },
    noteClaimed: (account) => put(claimedKey, account),
    deviceId: () => getOrPut(deviceKey, randomBase62(random, 16)),
    async name() {
      const name = await get(nameKey);
      return typeof name === 'string' ? name : '';
    },
    setName: (name) => put(nameKey, name),
    intendedShares: () => under(sharePrefix),
    intendShare: (collection) => put(sharePrefix + collection, true),
    shareDone: (collection) => remove(sharePrefix + collection),
    putAway: () => under(awayPrefix),
    notePutAway: (collection) => put(awayPrefix + collection, true),
    noteWanted: (collection) => remove(awayPrefix + collection),
  };
}
