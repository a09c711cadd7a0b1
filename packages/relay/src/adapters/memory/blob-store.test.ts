import { describe } from 'vitest';
import { blobNameContract, blobStoreContract } from '../../contracts/blob-store.ts';
import { systemClock } from '../system-clock.ts';
import { createMemoryBlobStore } from './blob-store.ts';

describe('memory blob store', () => {
  blobStoreContract(async () => {
    const store = createMemoryBlobStore({ clock: systemClock });
    return [store, store];
  });
  blobNameContract();
});
