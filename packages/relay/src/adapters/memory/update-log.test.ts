import { describe } from 'vitest';
import { seededRandom, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { accessContract, updateLogContract } from '../../contracts/update-log.ts';
import { createMemoryAccess } from './access.ts';
import { createMemoryDatabase } from './database.ts';
import { createMemoryUpdateLog } from './update-log.ts';

const open = (): LogUnderTest => {
  const database = createMemoryDatabase();
  return { log: createMemoryUpdateLog(database), access: createMemoryAccess(database, seededRandom('memory')) };
};

describe('memory update log', () => updateLogContract(open));
describe('memory access', () => accessContract(open));
