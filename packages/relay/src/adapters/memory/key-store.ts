import { createHash } from 'node:crypto';
import type { CollectionId } from '@cacaw/protocol';
import type { KeyStore } from '../../ports/key-store.ts';

/** Keys in memory, the same for every run: for tests and the simulator only. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<CollectionId, Uint8Array | undefined>();
  return {
    async make(collection) {
      const known = keys.get(collection);
      if (known !== undefined) return known;
      if (keys.has(collection)) throw new Error(`The key of collection ${collection} was destroyed; it cannot be made again.`);
      const key = new Uint8Array(createHash('sha256').update(collection).digest());
      keys.set(collection, key);
      return key;
    },
    read: async (collection) => keys.get(collection),
    destroy: async (collection) => void keys.set(collection, undefined),
  };
}
