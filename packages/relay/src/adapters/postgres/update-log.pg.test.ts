import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Random } from '@cacaw/protocol';
import { appending, bytesOf, newCollection, seqOf, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { logPagesContract } from '../../contracts/log-pages.ts';
import { updateLogContract } from '../../contracts/update-log.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemClock } from '../system-clock.ts';
import { createPostgresAccess } from './access.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';

const random: Random = { bytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)) };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  await migrate(database.database);
});
afterAll(() => database.drop());

const keys = createMemoryKeyStore();
const open = (): LogUnderTest => ({
  log: createPostgresUpdateLog(database.database, createKeyRing(keys)),
  access: createPostgresAccess(database.database, { keys, random, clock: systemClock }),
});

describe('PostgreSQL update log', () => {
  updateLogContract(open);
  logPagesContract(open);
});

it('[K15] stores no plaintext: a row read from the table holds none of the bytes and opens only in its own place', async () => {
  const under = open();
  const { id, member } = await newCollection(under, random);
  const text = new TextEncoder().encode('the silver teapot');
  await under.log.append([
    appending(id, member, [
      { document: 'root.0', writer: 1, ref: 1, bytes: text },
      { document: 'root.0', writer: 1, ref: 2, bytes: bytesOf(1) },
    ]),
  ]);

  const stored = await database.sql<{ bytes: Buffer }[]>`select bytes from updates where collection_id = ${id} order by seq`;
  await database.sql`update updates set bytes = ${stored[0]!.bytes} where collection_id = ${id} and seq = 2`;

  expect(stored[0]!.bytes.includes('teapot')).toBe(false);
  await expect(under.log.rows(id, seqOf(1), 1)).rejects.toMatchObject({ code: 'seal-broken' });
});
