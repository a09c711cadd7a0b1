import { createHash } from 'node:crypto';
import type { KeyId, KeyStore } from '../../ports/key-store.ts';

/** Keys in memory, the same for every run: for tests and the simulator only. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<KeyId, Uint8Array | undefined>();
  return {
    async make(id) {
      const known = keys.get(id);
      if (known !== undefined) return known;
      if (keys.has(id)) throw new Error(`The key of ${id} was destroyed; it cannot be made again.`);
      const key = new Uint8Array(createHash('sha256').update(id).digest());
      keys.set(id, key);
      return key;
    },
    read: async (id) => keys.get(id),
    destroy: async (id) => void keys.set(id, undefined),
  };
}
