import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Random } from '@cacaw/protocol';
import { createMemoryErasureLedger } from '../adapters/memory/erasure-ledger.ts';
import { createMemoryKeyStore } from '../adapters/memory/key-store.ts';
import { createPostgresAccess } from '../adapters/postgres/access.ts';
import { createTestDatabase, type TestDatabase } from '../adapters/postgres/database-for-tests.ts';
import { eraseCollections } from '../adapters/postgres/erase-collections.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { createKeyRing } from '../adapters/postgres/seal.ts';
import { createPostgresUpdateLog } from '../adapters/postgres/update-log.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { account, appending, bytesOf, guest, newCollection, seqOf, type LogUnderTest } from '../contracts/log-fixture.ts';
import { createErasures, type AccountRows, type ErasurePorts } from './erasures.ts';

const random: Random = { bytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)) };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  await migrate(database.database);
});
afterAll(() => database.drop());

/** Accounts are erased in `erase-account.pg.test.ts`. */
const nobody: AccountRows = {
  handOver: async () => undefined,
  owned: async () => [],
  leave: async () => [],
  forgetMail: async () => undefined,
  erase: async () => undefined,
  remaining: async () => [],
};

const openWorld = (): LogUnderTest & { readonly ports: ErasurePorts } => {
  const keys = createMemoryKeyStore();
  return {
    log: createPostgresUpdateLog(database.database, createKeyRing(keys)),
    access: createPostgresAccess(database.database, { keys, random, clock: systemClock }),
    ports: {
      ledger: createMemoryErasureLedger(systemClock),
      keys,
      eraseCollections: (ids) => eraseCollections(database.database, ids),
      eraseBlobs: async () => undefined,
      accounts: nobody,
      tell: async () => undefined,
    },
  };
};

const countRows = async (id: string): Promise<number> => {
  const [row] = await database.sql<{ count: number }[]>`
    select (select count(*) from updates where collection_id = ${id}) + (select count(*) from documents where collection_id = ${id})
      + (select count(*) from snapshots where collection_id = ${id}) + (select count(*) from capabilities where collection_id = ${id}) as count`;
  return Number(row?.count);
};

it('[Z21] an erased collection holds nothing, cannot be read from a copy of its rows, and its members are told', async () => {
  const world = openWorld();
  const { id, member } = await newCollection(world, random);
  await world.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);
  const copy = await database.sql`select * from updates where collection_id = ${id}`;

  expect(await createErasures(world.ports).eraseCollections([id])).toEqual([id]);
  expect(await createErasures(world.ports).eraseCollections([id])).toEqual([]);

  expect(await countRows(id)).toBe(0);
  expect(await world.access.admit(guest(account), id, undefined)).toEqual({ refused: 'erased' });
  await database.sql`insert into updates ${database.sql(copy as unknown as readonly object[] as never)}`;
  const late = createPostgresUpdateLog(database.database, createKeyRing(world.ports.keys as never));
  await expect(late.rows(id, seqOf(0), 10)).rejects.toMatchObject({ code: 'seal-broken' });
});

it('[Z22] a database restored from before an erasure is erased again before it opens', async () => {
  const world = openWorld();
  const { id, member } = await newCollection(world, random);
  await world.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);
  const copy = await database.sql`select * from updates where collection_id = ${id}`;
  await createErasures(world.ports).eraseCollections([id]);
  await database.sql`insert into updates ${database.sql(copy as unknown as readonly object[] as never)}`;
  await database.sql`update collections set gone = null where collection_id = ${id}`;

  await createErasures(world.ports).applyLedger();

  expect(await countRows(id)).toBe(0);
  expect(await world.access.admit(guest(account), id, undefined)).toEqual({ refused: 'erased' });
});

it('[Z23] an erasure cut at any step is finished by the next start', async () => {
  for (const cut of ['key', 'rows'] as const) {
    const world = openWorld();
    const { id, member } = await newCollection(world, random);
    await world.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);
    const crash = (): Promise<never> => Promise.reject(new Error('crash'));
    const cutPorts = cut === 'key' ? { ...world.ports, keys: { destroy: crash } } : { ...world.ports, eraseCollections: crash };
    await expect(createErasures(cutPorts).eraseCollections([id])).rejects.toThrow('crash');

    await createErasures(world.ports).applyLedger();

    expect(await countRows(id)).toBe(0);
    await expect(world.ports.keys.destroy(id)).resolves.toBeUndefined();
  }
});
