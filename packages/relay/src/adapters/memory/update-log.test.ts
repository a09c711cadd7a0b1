import { describe } from 'vitest';
import { seededRandom, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { authenticatorContract, updateLogContract } from '../../contracts/update-log.ts';
import { createMemoryAuthenticator } from './authenticator.ts';
import { createMemoryDatabase } from './database.ts';
import { createMemoryUpdateLog } from './update-log.ts';

const open = (): LogUnderTest => {
  const database = createMemoryDatabase();
  return { log: createMemoryUpdateLog(database), authenticator: createMemoryAuthenticator(database, seededRandom('memory')) };
};

describe('memory update log', () => updateLogContract(open));
describe('memory authenticator', () => authenticatorContract(open));
