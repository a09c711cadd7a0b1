import type { Clock } from '@cacaw/protocol';
import type { BlobName, BlobStore } from '../../ports/blob-store.ts';

/** Blobs in memory: for tests and the simulator only. */
export function createMemoryBlobStore({ clock }: { readonly clock: Pick<Clock, 'now'> }): BlobStore {
  const blobs = new Map<BlobName, { readonly bytes: Uint8Array; readonly at: number }>();
  const under = (prefix: string): readonly BlobName[] => [...blobs.keys()].filter((name) => name.startsWith(prefix));
  return {
    put: async (name, bytes) => void blobs.set(name, { bytes: bytes.slice(), at: clock.now() }),
    get: async (name, range) => blobs.get(name)?.bytes.slice(range?.start, range?.end),
    delete: async (name) => void blobs.delete(name),
    async deleteAll(prefix) {
      for (const name of under(prefix)) blobs.delete(name);
    },
    async *list(prefix) {
      for (const name of under(prefix)) {
        const blob = blobs.get(name);
        if (blob !== undefined) yield { name, bytes: blob.bytes.length, at: blob.at };
      }
    },
  };
}
