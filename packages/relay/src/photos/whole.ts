import type { BlobHash, CollectionId } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import { findServed, type ReadingOptions } from './reading.ts';

/** Reads stored photos in their own size. */
export interface WholePhotos {
  /** A WebP without anything but its pixels; undefined when it is not stored, or was damaged and has to be sent again. */
  whole(collection: CollectionId, hash: BlobHash): Promise<Uint8Array | undefined>;
}

/** Reads them as they are served. */
export const wholePhotos = (options: ReadingOptions): WholePhotos => ({
  async whole(collection, hash) {
    try {
      const blob = { collection, hash };
      const served = await findServed(options, { blob, size: 'full', cacheControl: '', whose: '', beforeMaking: () => Promise.resolve() });
      return await served.read({ start: 0, end: served.bytes });
    } catch (error) {
      if (error instanceof Problem && error.code === 'unknown') return undefined;
      throw error;
    }
  },
});
