import { describe } from 'vitest';
import { seededRandom, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { logPagesContract } from '../../contracts/log-pages.ts';
import { updateLogContract } from '../../contracts/update-log.ts';
import { systemClock } from '../system-clock.ts';
import { createMemoryAccess } from './access.ts';
import { createMemoryDatabase } from './database.ts';
import { createMemoryUpdateLog } from './update-log.ts';

const open = (): LogUnderTest => {
  const database = createMemoryDatabase();
  return {
    log: createMemoryUpdateLog(database),
    access: createMemoryAccess(database, { random: seededRandom('memory'), clock: systemClock }),
  };
};

describe('memory update log', () => {
  updateLogContract(open);
  logPagesContract(open);
});
