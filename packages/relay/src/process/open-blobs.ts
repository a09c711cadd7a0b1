import { createDiskBlobStore } from '../adapters/disk/blob-store.ts';
import { createS3BlobStore } from '../adapters/s3/blob-store.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import type { BlobPlace } from '../blob-place.ts';
import type { BlobStore } from '../ports/blob-store.ts';

/** The store at the place BLOB_URL names. */
export const openBlobStore = (place: BlobPlace): BlobStore =>
  place.kind === 'disk'
    ? createDiskBlobStore({ folder: place.folder })
    : createS3BlobStore({ place, clock: systemClock, random: systemRandom });
