import { describe } from 'vitest';
import { accessContract } from '../../contracts/access.ts';
import { claimContract } from '../../contracts/claim.ts';
import { seededRandom } from '../../contracts/log-fixture.ts';
import type { MembershipUnderTest } from '../../contracts/membership-fixture.ts';
import { membershipContract } from '../../contracts/membership.ts';
import { createMemoryAccess, type MemoryAccessOptions } from './access.ts';
import { createMemoryDatabase } from './database.ts';
import { createMemoryUpdateLog } from './update-log.ts';

const open = (options: Omit<MemoryAccessOptions, 'random'>): MembershipUnderTest => {
  const database = createMemoryDatabase();
  return {
    log: createMemoryUpdateLog(database),
    access: createMemoryAccess(database, { ...options, random: seededRandom('memory') }),
  };
};

describe('memory access', () => accessContract(open));
describe('memory membership', () => membershipContract(open));
describe('memory claims', () => claimContract(open));
