import type { CollectionId, Seq } from '@cacaw/protocol';
import { blobKeyText, type BlobKey, type BlobMarks, type BlobStanding, type MarkedBlob } from '../../ports/blob-marks.ts';

/** What one collection's blobs are. */
export interface MemoryBlobs {
  isGone: boolean;
  readonly stored: Map<string, MarkedBlob>;
  readonly onTheirWay: Map<string, BlobKey>;
}

/** Blobs in memory with their marks: for tests only. */
export interface MemoryBlobMarks extends BlobMarks {
  /** What stands in a collection, to be written to. */
  of(collection: CollectionId): MemoryBlobs;
}

/** No blobs; `head` tells where a collection's log ends at this moment. */
export function createMemoryBlobMarks({ head }: { readonly head: (collection: CollectionId) => Seq | undefined }): MemoryBlobMarks {
  const all = new Map<CollectionId, MemoryBlobs>();
  const of = (collection: CollectionId): MemoryBlobs => {
    const found = all.get(collection) ?? { isGone: false, stored: new Map(), onTheirWay: new Map() };
    all.set(collection, found);
    return found;
  };
  const setMark = (collection: CollectionId, blobs: readonly BlobKey[], markedAt: Date | undefined): void => {
    const { stored } = of(collection);
    for (const blob of blobs) {
      const found = stored.get(blobKeyText(blob));
      if (found !== undefined && (found.markedAt === undefined) === (markedAt !== undefined))
        stored.set(blobKeyText(blob), { ...found, markedAt });
    }
  };
  return {
    of,
    collections: async (after, limit) =>
      [...all]
        .filter(([id, { isGone, stored }]) => !isGone && stored.size > 0 && id > after)
        .map(([id]) => id)
        .sort()
        .slice(0, limit),
    blobs: async (collection) => [...of(collection).stored.values()],
    async noteNeeded(collection, blobs) {
      const { stored } = of(collection);
      for (const key of blobs.map(blobKeyText)) {
        const found = stored.get(key);
        if (found !== undefined) stored.set(key, { ...found, wasNeeded: true });
      }
    },
    mark: async (collection, blobs, at) => setMark(collection, blobs, at),
    unmark: async (collection, blobs) => setMark(collection, blobs, undefined),
    async remove(collection, blobs, { head: seen, markedBefore }) {
      const { isGone, stored } = of(collection);
      if (isGone || head(collection) !== seen) return [];
      const doomed = blobs.filter((blob) => (stored.get(blobKeyText(blob))?.markedAt?.getTime() ?? Infinity) <= markedBefore.getTime());
      for (const blob of doomed) stored.delete(blobKeyText(blob));
      return doomed;
    },
    async standing(collection) {
      if (!all.has(collection)) return 'unknown';
      return of(collection).isGone ? 'gone' : standingOf(of(collection));
    },
    whileHeld: (collection, _hash, work) => work(of(collection).isGone ? { stored: [], onTheirWay: [] } : standingOf(of(collection))),
  };
}

const standingOf = ({ stored, onTheirWay }: MemoryBlobs): BlobStanding => ({
  stored: [...stored.values()],
  onTheirWay: [...onTheirWay.values()],
});
