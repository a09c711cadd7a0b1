import { setImmediate as breath } from 'node:timers/promises';
import type { CollectionId } from '@cacaw/protocol';
import { BlobBroken, type BlobName, type BlobRange, type BlobStore } from '../ports/blob-store.ts';
import { sealAt, SealBroken, unsealAt, type KeyRing, type SealKey } from './postgres/seal.ts';

/** Bytes sealed together, so that a part can be read without the rest. */
const sliceBytes = 1024 * 1024;
/** What sealing adds to a slice: a format, a nonce and a tag. */
const sealBytes = 29;
const sealedSliceBytes = sliceBytes + sealBytes;

/** A blob store that sees only what it is asked to keep. */
export type SealedBlobs = Pick<BlobStore, 'put' | 'get' | 'delete'>;

/**
 * Seals what goes into a store with the key of the collection a name begins with, slice by slice, each bound to its name and
 * place. A slice of another blob, another place or another collection is never served.
 */
export function createSealedBlobs(store: SealedBlobs, ring: KeyRing): SealedBlobs {
  const keyOf = (name: BlobName): ReturnType<KeyRing['key']> => ring.key(name.slice(0, name.indexOf('/')) as CollectionId);
  return {
    async put(name, bytes) {
      const key = await keyOf(name);
      const slices: Uint8Array[] = [];
      for (let at = 0; at === 0 || at < bytes.length; at += sliceBytes) {
        slices.push(sealAt(key, placeOf(name, at), bytes.subarray(at, at + sliceBytes)));
        // A long file must not hold up those who edit.
        if (bytes.length > sliceBytes) await breath();
      }
      await store.put(name, joined(slices));
    },
    async get(name, range) {
      const sealed = await store.get(name, range && sealedRange(range));
      if (sealed === undefined) return undefined;
      const key = await keyOf(name);
      const first = range === undefined ? 0 : Math.floor(range.start / sliceBytes) * sliceBytes;
      const slices: Uint8Array[] = [];
      for (let at = 0; at < sealed.length; at += sealedSliceBytes) {
        slices.push(opened(key, placeOf(name, first + (at / sealedSliceBytes) * sliceBytes), sealed.subarray(at, at + sealedSliceBytes)));
        if (sealed.length > sealedSliceBytes) await breath();
      }
      const plain = joined(slices);
      return range === undefined ? plain : plain.subarray(range.start - first, range.end - first);
    },
    delete: (name) => store.delete(name),
  };
}

/** One is not copied. */
const joined = (slices: readonly Uint8Array[]): Uint8Array => (slices.length === 1 && slices[0]) || Buffer.concat(slices);

/** A key that is missing says nothing about the bytes; it is told when it is asked for, as another error. */
function opened(key: SealKey, place: string, sealed: Uint8Array): Uint8Array {
  try {
    return unsealAt(key, place, sealed);
  } catch (error) {
    throw error instanceof SealBroken ? new BlobBroken(error.message, { cause: error }) : error;
  }
}

const placeOf = (name: BlobName, at: number): string => `blobs|${name}|${at}`;

/** The whole slices that hold a range. */
const sealedRange = ({ start, end }: BlobRange): BlobRange => ({
  start: Math.floor(start / sliceBytes) * sealedSliceBytes,
  end: Math.ceil(end / sliceBytes) * sealedSliceBytes,
});
