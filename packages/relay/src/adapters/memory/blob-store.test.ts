import { describe } from 'vitest';
import { blobNameContract, blobStoreContract, wholeBlobContract } from '../../contracts/blob-store.ts';
import type { BlobStore } from '../../ports/blob-store.ts';
import { systemClock } from '../system-clock.ts';
import { createMemoryBlobStore } from './blob-store.ts';

describe('memory blob store', () => {
  const open = async (): Promise<readonly [BlobStore, BlobStore]> => {
    const store = createMemoryBlobStore({ clock: systemClock });
    return [store, store];
  };
  blobStoreContract(open);
  wholeBlobContract(open);
  blobNameContract();
});
