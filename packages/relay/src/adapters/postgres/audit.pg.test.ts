import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import { createManualClock, type ManualClock } from '../../../test/manual-clock.ts';
import { auditContract, type AuditScene } from '../../contracts/audit.ts';
import { appending, bytesOf, newCollection, seededRandom } from '../../contracts/log-fixture.ts';
import { silentObserver } from '../../observer.ts';
import type { AuditLog } from '../../ports/audit.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { createPostgresAccess } from './access.ts';
import { createPostgresAudit } from './audit.ts';
import { openDatabase, type ReservedSql, type Scope } from './connection.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';

const anna = 'a'.repeat(22) as AccountId;
const random = seededRandom('audit on PostgreSQL');
let made: TestDatabase;
beforeAll(async () => {
  made = await createTestDatabase(inject('postgresUrl'));
  await migrate(made.database);
});
afterAll(() => made.drop());
beforeEach(() => made.sql`truncate audit_events, audit_access`);

const auditAt = (clock: ManualClock, database = made.database): AuditLog =>
  createPostgresAudit(database, { clock, observer: silentObserver, keptDays: 40 });
async function open(): Promise<AuditScene> {
  const clock = createManualClock();
  const keys = createMemoryKeyStore();
  const under = {
    log: createPostgresUpdateLog(made.database, createKeyRing(keys)),
    access: createPostgresAccess(made.database, { keys, random, clock }),
  };
  const { id, member } = await newCollection(under, random);
  const drafts = [1, 2, 3].map((ref) => ({ document: 'root.0', writer: 7, ref, bytes: bytesOf(ref) }));
  await under.log.append([appending(id, member, drafts)]);
  return { audit: auditAt(clock), clock, collection: id };
}

describe('PostgreSQL audit log', () => {
  auditContract(open);

  it('[D1] relays fold into the same line', async () => {
    const { audit, clock, collection } = await open();
    const other = auditAt(clock);

    for (const one of [audit, other, audit]) {
      one.note({ kind: 'join', account: anna, collection });
      await one.flush();
    }

    expect((await audit.ofAccount(anna, { limit: 9 })).lines.map(({ count }) => count)).toEqual([3]);
  });

  it('[D8] its role adds and reads, and can neither change nor remove a line', async () => {
    const { audit, collection } = await open();
    audit.note({ kind: 'join', account: anna, collection });
    audit.note({ kind: 'exported', account: anna, collection });
    await audit.flush();
    const scope: Scope = { role: 'relay_audit', collection };
    const refused = (statement: (sql: ReservedSql) => PromiseLike<unknown>): Promise<unknown> =>
      expect(made.database.within(scope, (sql) => [statement(sql)])).rejects.toMatchObject({ code: '42501' });

    for (const table of ['audit_events', 'audit_access']) {
      await refused((sql) => sql`delete from ${sql(table)}`);
      await refused((sql) => sql`update ${sql(table)} set count = 9`);
      await refused((sql) => sql`truncate ${sql(table)}`);
    }
    await refused((sql) => sql`insert into audit_access select * from audit_access`);
    await refused((sql) => sql`select bytes from updates`);
    for (const role of ['relay_read', 'relay_append', 'relay_room', 'relay_look', 'relay_accounts', 'relay_limits'] as const)
      await expect(made.database.within({ role }, (sql) => [sql`select audit_purge(30)`])).rejects.toMatchObject({ code: '42501' });
    expect((await audit.ofCollection(collection, { limit: 9 })).lines).toHaveLength(3);
  });

  it('[D8] reads what the transaction names and nothing else', async () => {
    const [one, two] = [await open(), await open()];
    for (const { audit, collection } of [one, two]) {
      audit.note({ kind: 'join', account: anna, collection });
      audit.note({ kind: 'exported', collection });
      audit.note({ kind: 'refused', address: '192.0.2.1' });
      await audit.flush();
    }
    const seen = async (scope: Omit<Scope, 'role'>, table: string): Promise<unknown[]> => {
      const [rows] = await made.database.within({ role: 'relay_audit', ...scope }, (sql) => [
        sql<{ id: CollectionId }[]>`select distinct collection_id as id from ${sql(table)} order by 1`,
      ]);
      return rows.map(({ id }) => id);
    };

    for (const table of ['audit_events', 'audit_access', 'updates', 'members']) {
      expect(await seen({ collection: one.collection }, table), table).toEqual([one.collection]);
      expect(await seen({}, table), table).toEqual([]);
    }
    expect(await seen({ account: anna }, 'audit_access')).toEqual([one.collection, two.collection].sort());
    expect(await seen({ account: anna }, 'updates')).toEqual([]);
  });

  it('[D7] is kept as long as it is told, never less than thirty days', async () => {
    const { audit, collection } = await open();
    const now = Date.now();
    const day = 24 * 60 * 60 * 1000;
    for (const at of [now - 41 * day, now - 39 * day]) {
      const old = auditAt({ ...createManualClock(), now: () => at });
      old.note({ kind: 'join', account: anna, collection });
      old.note({ kind: 'exported', account: anna, collection });
      await old.flush();
    }

    await audit.purge();

    expect((await audit.ofAccount(anna, { limit: 9 })).lines.map(({ kind }) => kind)).toEqual(['exported', 'join']);
    await expect(made.database.within({ role: 'relay_audit' }, (sql) => [sql`select audit_purge(0)`])).rejects.toThrow('30 days');
    await expect(made.database.within({ role: 'relay_audit' }, (sql) => [sql`select audit_purge(null)`])).rejects.toThrow('30 days');
  });

  it('[D9] keeps what it cannot write while the database is away', async () => {
    const { clock, collection } = await open();
    const away = openDatabase('postgres://127.0.0.1:1/none', { connections: 1 });
    let database = away;
    const switching = { ...away, within: ((...args: Parameters<typeof away.within>) => database.within(...args)) as typeof away.within };
    const audit = auditAt(clock, switching);
    audit.note({ kind: 'exported', account: anna, collection });

    await audit.flush();
    database = made.database;
    audit.note({ kind: 'exported', account: anna, collection });
    await audit.flush();

    expect((await audit.ofAccount(anna, { limit: 9 })).lines.map(({ kind }) => kind)).toEqual(['exported', 'exported']);
    await away.close();
  });
});
