import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newCollectionId as makeId, type AccountId, type CollectionId, type MemberId, type Random } from '@cacaw/protocol';
import { account, appending, bytesOf, newCollection, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemClock } from '../system-clock.ts';
import { createPostgresAccess } from './access.ts';
import { enter, openDatabase, type ReservedSql, type Scope } from './connection.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { prepareLogin } from './login.ts';
import { isMigrated, migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';
import { wallRoles } from './wall.ts';

const random: Random = { bytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)) };
const stranger = 'S'.repeat(43) as AccountId;
const content = ['updates', 'writers', 'documents', 'snapshots'] as const;
let database: TestDatabase;
let mine: { readonly id: CollectionId; readonly member: MemberId };
let other: { readonly id: CollectionId; readonly member: MemberId };

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  await migrate(database.database);
  const keys = createMemoryKeyStore();
  const under: LogUnderTest = {
    log: createPostgresUpdateLog(database.database, createKeyRing(keys)),
    access: createPostgresAccess(database.database, { keys, random, clock: systemClock }),
  };
  mine = await newCollection(under, random);
  other = await newCollection(under, random);
  for (const { id, member } of [mine, other]) {
    await under.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);
    await under.log.keepSnapshot(id, { document: 'root.0' as never, seq: 1 as never, bytes: bytesOf(1) });
  }
  await database.sql`update members set account = ${stranger} where collection_id = ${other.id}`;
});
afterAll(() => database.drop());

/** Collections whose rows a scope sees in a table, asked with no condition at all: the application's check is gone. */
const seen = async (scope: Scope, table: string): Promise<unknown[]> => {
  const [rows] = await database.database.within(scope, (sql) => [
    sql<{ id: string }[]>`select distinct collection_id as id from ${sql(table)}`,
  ]);
  return rows.map((row) => row.id);
};
const refused = (scope: Scope, statement: (sql: ReservedSql) => PromiseLike<unknown>): Promise<unknown> =>
  expect(database.database.within(scope, (sql) => [statement(sql)])).rejects.toMatchObject({ code: '42501' });

describe('the second wall', () => {
  it('[Z1] a person reads rows of their own collections only, even when no statement asks whose they are', async () => {
    for (const table of [...content, 'collections']) {
      expect(await seen({ role: 'relay_read', account }, table)).toEqual([mine.id]);
      expect(await seen({ role: 'relay_read', account: stranger }, table)).toEqual([other.id]);
      expect(await seen({ role: 'relay_read', account: 'X'.repeat(43) as AccountId }, table)).toEqual([]);
    }
    await refused({ role: 'relay_read', account }, (sql) => sql`insert into updates select * from updates`);
    await refused({ role: 'relay_read', account }, (sql) => sql`select secret_hash from capabilities`);
  });

  it('[Z1] whoever was removed reads nothing any more', async () => {
    await database.sql`update members set role = 'none' where collection_id = ${other.id}`;
    expect(await seen({ role: 'relay_read', account: stranger }, 'updates')).toEqual([]);
    await database.sql`update members set role = 'owner' where collection_id = ${other.id}`;
  });

  it('[Z2] a room reads the collection it names, and writes nothing but its snapshots', async () => {
    for (const table of content) expect(await seen({ role: 'relay_room', collection: mine.id }, table)).toEqual([mine.id]);
    const scope = { role: 'relay_room', collection: mine.id } as const;
    await refused(scope, (sql) => sql`delete from updates`);
    await refused(scope, (sql) => sql`select account from members`);
    await refused(scope, (sql) => sql`insert into snapshots values (${other.id}, 'root', 'base', 0, 1, ''::bytea)`);
  });

  it('[Z3] an append sees and writes only what its transaction holds locked', async () => {
    const within = <T>(patient: readonly CollectionId[], ask: (sql: ReservedSql) => PromiseLike<T>): Promise<T> =>
      database.database.transact(async ({ sql }) => {
        const [, , , answer] = await Promise.all([
          sql`begin`,
          enter(sql, { role: 'relay_append' }),
          sql`select * from lock_collections(${[...patient]}::text[], '{}')`,
          ask(sql),
        ]);
        await sql`rollback`;
        return answer;
      });
    const ids = async (table: string, held: readonly CollectionId[]): Promise<unknown[]> =>
      (await within(held, (sql) => sql<{ id: string }[]>`select distinct collection_id as id from ${sql(table)}`)).map((row) => row.id);

    for (const table of ['updates', 'writers', 'documents']) {
      expect(await ids(table, [mine.id])).toEqual([mine.id]);
      expect(await ids(table, [])).toEqual([]);
    }
    const insert = (sql: ReservedSql): PromiseLike<unknown> =>
      sql`insert into updates values (${other.id}, 2, 'root.0', 7, 2, 1, ''::bytea, '\\x0000000000000000'::bytea, now())`;
    await expect(within([mine.id], insert)).rejects.toMatchObject({ code: '42501' });
    await expect(within([other.id], insert)).resolves.toBeDefined();
    await expect(within([mine.id], (sql) => sql`update collections set head = 99 where collection_id = ${other.id}`)).rejects.toMatchObject(
      {
        code: '42501',
      },
    );
    await expect(within([mine.id], (sql) => sql`select account from members`)).rejects.toMatchObject({ code: '42501' });
    await expect(within([mine.id], (sql) => sql`delete from updates`)).rejects.toMatchObject({ code: '42501' });
  });

  it('[Z4] a look sees where logs end and no content; accounts are kept without reading any', async () => {
    expect((await seen({ role: 'relay_look' }, 'collections')).length).toBe(2);
    await refused({ role: 'relay_look' }, (sql) => sql`select created_at from collections`);
    for (const table of ['updates', 'snapshots', 'documents']) {
      await refused({ role: 'relay_look' }, (sql) => sql`select 1 from ${sql(table)}`);
      await refused({ role: 'relay_accounts' }, (sql) => sql`select 1 from ${sql(table)}`);
    }
  });

  it('[Z24] whoever keeps track of photos sees those of the collection it names, and nothing of logs, members or profiles', async () => {
    const hash = 'a'.repeat(64);
    for (const { id } of [mine, other]) {
      await database.sql`insert into blobs (collection_id, hash, use, media_type, charged, variants) values (${id}, ${hash}, 'photo', 'image/webp', 1, '{}')`;
      await database.sql`insert into uploads (collection_id, hash, use, total, charged, member) values (${id}, ${hash}, 'file', 1, 1, 1)`;
      await database.sql`insert into public_photos (collection_id, token) values (${id}, ${id})`;
    }
    const scope = { role: 'relay_blobs', collection: mine.id } as const;

    for (const table of ['blobs', 'uploads', 'public_photos']) {
      expect(await seen(scope, table)).toEqual([mine.id]);
      expect(await seen({ role: 'relay_blobs' }, table)).toEqual([]);
      await refused({ role: 'relay_read', account }, (sql) => sql`select 1 from ${sql(table)}`);
      await refused({ role: 'relay_accounts' }, (sql) => sql`select 1 from ${sql(table)}`);
    }
    await refused(scope, (sql) => sql`insert into public_photos (collection_id, token) values (${makeId(random)}, ${'T'.repeat(22)})`);
    for (const table of [...content, 'collections', 'members', 'profiles']) await refused(scope, (sql) => sql`select 1 from ${sql(table)}`);
    await refused(scope, (sql) => sql`select collection_storage(${other.id})`);
  });

  it('[Z25] whoever keeps lessons sees those of the collection it names, and nothing of logs, members, profiles or photos', async () => {
    for (const { id } of [mine, other]) {
      await database.sql`insert into learning (collection_id) values (${id})`;
      await database.sql`insert into lessons (collection_id, lesson, is_correction, content) values (${id}, ${'L'.repeat(22)}, true, ''::bytea)`;
    }
    const scope = { role: 'relay_lessons', collection: mine.id } as const;

    for (const table of ['learning', 'lessons']) {
      expect(await seen(scope, table)).toEqual([mine.id]);
      expect(await seen({ role: 'relay_lessons' }, table)).toEqual([]);
      for (const role of ['relay_read', 'relay_accounts', 'relay_blobs'] as const)
        await refused({ role, account, collection: mine.id }, (sql) => sql`select 1 from ${sql(table)}`);
    }
    await refused(
      scope,
      (sql) => sql`insert into lessons (collection_id, lesson, is_correction, content)
      values (${other.id}, ${'M'.repeat(22)}, true, ''::bytea)`,
    );
    await refused(scope, (sql) => sql`delete from detection_accuracy`);
    await refused(scope, (sql) => sql`insert into detection_models (source, model) values ('mine', 'mine')`);
    for (const table of [...content, 'collections', 'members', 'profiles', 'blobs'])
      await refused(scope, (sql) => sql`select 1 from ${sql(table)}`);
  });

  it('[Z5] a role that names nothing sees nothing', async () => {
    for (const table of content) {
      expect(await seen({ role: 'relay_read' }, table)).toEqual([]);
      expect(await seen({ role: 'relay_room' }, table)).toEqual([]);
    }
  });

  it('[Z6] what a transaction may see ends with it', async () => {
    await database.database.within({ role: 'relay_read', account }, (sql) => [sql`select 1`]);

    const left = await database.database.transact(async ({ sql }) => {
      const [row] = await sql<{ role: string; account: string | null }[]>`
        select current_user as role, nullif(current_setting('cacaw.account', true), '') as account`;
      return row;
    });

    expect(wallRoles).not.toContain(left?.role);
    expect(left?.account).toBeNull();
  });

  it('[Z7] every table has row-level security or stands on the list of those that need none', async () => {
    const open = new Set(['migrations']);
    const tables = await database.sql<{ name: string; guarded: boolean }[]>`
      select relname as name, relrowsecurity as guarded from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`;

    expect(tables.filter(({ name, guarded }) => !guarded && !open.has(name))).toEqual([]);
  });

  it('[Z8] no statement of a person or a room can leave its role for a stronger one than its connection had', async () => {
    const url = new URL(database.url);
    await database.sql.unsafe(`drop role if exists wall_login; create role wall_login login noinherit password 'wall';
      grant ${wallRoles.join(', ')} to wall_login`);
    url.username = 'wall_login';
    url.password = 'wall';
    const weak = openDatabase(url.href, { connections: 1 });

    await expect(weak.run((sql) => sql`select 1 from updates`)).rejects.toMatchObject({ code: '42501' });
    const [rows] = await weak.within({ role: 'relay_read', account }, (sql) => [sql`select 1 from updates`]);
    expect(rows).toHaveLength(1);
    await expect(
      weak.within({ role: 'relay_read', account }, (sql) => [sql`reset role`, sql`select 1 from updates`]),
    ).rejects.toMatchObject({ code: '42501' });

    await weak.close();
    await database.sql.unsafe('drop owned by wall_login; drop role wall_login');
  });
});

describe('the login of a relay', () => {
  it('[Z9] is made when there is none of its name, works for log and accounts, and owns nothing', async () => {
    const url = new URL(database.url);
    url.username = `relay_${random.bytes(4).join('')}`;
    url.password = "it's%20a secret";
    await prepareLogin(database.database, url.href);
    await prepareLogin(database.database, url.href);
    const weak = openDatabase(url.href, { connections: 2, role: 'relay_accounts' });
    const keys = createMemoryKeyStore();
    const under: LogUnderTest = {
      log: createPostgresUpdateLog(weak, createKeyRing(keys)),
      access: createPostgresAccess(weak, { keys, random, clock: systemClock }),
    };

    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);

    expect(await under.log.rows(id, 0 as never, 10)).toHaveLength(1);
    expect(await isMigrated(weak)).toBe(true);
    await expect(weak.run((sql) => sql`select 1 from updates`)).rejects.toMatchObject({ code: '42501' });
    await expect(weak.run((sql) => sql`create table mine (x int)`)).rejects.toMatchObject({ code: '42501' });

    await weak.close();
    await database.sql.unsafe(`drop owned by "${url.username}"; drop role "${url.username}"`);
  });

  it('[Z9] needs no preparing when the owner itself is the login', async () => {
    await expect(prepareLogin(database.database, database.url)).resolves.toBeUndefined();
  });
});
