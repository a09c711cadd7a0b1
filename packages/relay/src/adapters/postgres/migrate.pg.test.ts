import { afterEach, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { openDatabase } from './connection.ts';
import { isMigrated, migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

const databases: TestDatabase[] = [];
const newDatabase = async (): Promise<TestDatabase> => {
  const made = await createTestDatabase(inject('postgresUrl'));
  databases.push(made);
  return made;
};
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

describe('migrations', () => {
  it('[K23] run once however many relays start together, and not again', async () => {
    const { sql, database, url } = await newDatabase();
    const relays = Array.from({ length: 5 }, () => openDatabase(url, { connections: 1 }));

    await Promise.all(relays.map((relay) => migrate(relay)));
    await migrate(database);

    expect(await isMigrated(database)).toBe(true);
    expect(await sql`select version from migrations`).toHaveLength(migrations.length);
    await Promise.all(relays.map((relay) => relay.close()));
  });

  it('[K23] refuse a database that is newer than the code, and change nothing in it', async () => {
    const { sql, database } = await newDatabase();
    await migrate(database);
    await sql`insert into migrations (version, name) values (999, 'from the future')`;

    await expect(migrate(database)).rejects.toMatchObject({ code: 'database-newer' });
  });

  it('[K23] put collection_id first in every key of what belongs to a collection, so that the schema distributes by it', async () => {
    const { sql, database } = await newDatabase();
    await migrate(database);

    const keys = await sql<{ table: string; column: string }[]>`
      select c.relname as "table", a.attname as "column"
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where i.indisprimary and c.relnamespace = 'public'::regnamespace
        and exists (select from pg_attribute own where own.attrelid = c.oid and own.attname = 'collection_id')
      order by 1`;

    expect(keys.map((one) => one.table)).toEqual(expect.arrayContaining(['collections', 'members', 'updates']));
    expect(new Set(keys.map((one) => one.column))).toEqual(new Set(['collection_id']));
  });
});
