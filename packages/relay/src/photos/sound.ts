import { BlobBroken, type BlobName, type BlobRange, type BlobStore } from '../ports/blob-store.ts';

/** Bytes as they were put; undefined when they are missing, cut off or were changed. Nothing that is kept has no bytes. */
export async function readSound(store: Pick<BlobStore, 'get'>, name: BlobName, range?: BlobRange): Promise<Uint8Array | undefined> {
  try {
    const bytes = await store.get(name, range);
    const isShort = bytes !== undefined && bytes.length < (range === undefined ? 1 : range.end - range.start);
    return isShort ? undefined : bytes;
  } catch (error) {
    if (error instanceof BlobBroken) return undefined;
    throw error;
  }
}
