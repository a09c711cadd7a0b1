import { createHmac } from 'node:crypto';
import type { AccountId } from '@cacaw/protocol';
import { accountKey, type KeyStore } from '../../ports/key-store.ts';
import { createKeyRing, sealAt, SealBroken, sealKeyOf, unsealAt, type SealKey } from './seal.ts';

/** Seals columns of account tables under the account's key, or the relay's own for rows of nobody in particular. */
export interface AccountSeal {
  /** Makes the key of a new account, durable before the account is. */
  make(account: AccountId): Promise<void>;
  seal(owner: AccountId | undefined, place: string, text: string): Promise<Buffer>;
  /** Undefined when the owner's key was destroyed: what it sealed no longer exists. */
  open(owner: AccountId | undefined, place: string, sealed: Uint8Array): Promise<string | undefined>;
  /** The keyed hash by which a sealed text is found; the same for every spelling that counts as the same. */
  index(place: string, text: string): Buffer;
  /** Destroys an account's key, after which nothing opens what it sealed, wherever it lies. */
  destroy(account: AccountId): Promise<void>;
}

/** Texts compared by people, not by bytes. */
const caseless: ReadonlySet<string> = new Set(['profiles.email', 'profiles.username']);

/** A seal over the keys of `store`; `relayKey` and `indexKey` are the relay's own. */
export function createAccountSeal(
  store: KeyStore,
  { relayKey, indexKey }: { readonly relayKey: Uint8Array; readonly indexKey: Uint8Array },
): AccountSeal {
  const ring = createKeyRing(store);
  const ownKey = sealKeyOf(relayKey);
  const keyOf = async (owner: AccountId | undefined): Promise<SealKey> => (owner === undefined ? ownKey : ring.key(accountKey(owner)));
  return {
    async make(account) {
      await store.make(accountKey(account));
    },
    async seal(owner, place, text) {
      return sealAt(await keyOf(owner), place, Buffer.from(text));
    },
    async open(owner, place, sealed) {
      const key = await keyOf(owner).catch((error: unknown) => {
        if (error instanceof SealBroken) return undefined;
        throw error;
      });
      return key === undefined ? undefined : Buffer.from(unsealAt(key, place, sealed)).toString();
    },
    index(place, text) {
      const same = caseless.has(place) ? text.normalize('NFKC').toLowerCase() : text;
      return createHmac('sha256', indexKey).update(`${place}|${same}`).digest();
    },
    async destroy(account) {
      ring.forget(accountKey(account));
      await store.destroy(accountKey(account));
    },
  };
}
