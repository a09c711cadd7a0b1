import { describe } from 'vitest';
import { fanOutContract } from '../../contracts/fan-out.ts';
import { keyStoreContract } from '../../contracts/key-store.ts';
import { until } from '../../../test/http-relay.ts';
import { createMemoryMedium } from './fan-out.ts';
import { createMemoryKeyStore } from './key-store.ts';

describe('memory key store', () =>
  keyStoreContract(async () => {
    const store = createMemoryKeyStore();
    return [store, store];
  }));

describe('memory fan-out', () =>
  fanOutContract(async () => {
    const medium = createMemoryMedium();
    return [medium.join(), medium.join()];
  }, until));
