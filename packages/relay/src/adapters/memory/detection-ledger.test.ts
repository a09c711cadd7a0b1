import { describe } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import { detectionLedgerContract } from '../../contracts/detection-ledger.ts';
import { createMemoryDetectionLedger } from './detection-ledger.ts';

describe('memory detection ledger', () => {
  detectionLedgerContract(async () => ({
    ledger: createMemoryDetectionLedger(),
    anna: 'A'.repeat(22) as AccountId,
    ben: 'B'.repeat(22) as AccountId,
  }));
});
