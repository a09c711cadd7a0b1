import type { Database, Sql } from './connection.ts';
import { migrations } from './migrations.ts';

/** The database was written by a newer relay; this one must not touch it. */
export class DatabaseNewer extends Error {
  readonly code = 'database-newer';
}

const lockKey = 0x63616361;
const newest = migrations.at(-1)?.version ?? 0;

/**
 * Brings the database to this relay's schema, once, however many relays start together. Throws {@link DatabaseNewer}
 * when a newer relay has been here. `upTo` stops at an older schema, as a relay of that time left it.
 */
export function migrate(database: Database, { upTo = newest }: { readonly upTo?: number } = {}): Promise<void> {
  return database.run(async (sql) => {
    await runOnce(
      sql,
      'create table if not exists migrations (version integer primary key, name text not null, run_at timestamptz not null default now());',
    );
    const version = await currentVersion(sql);
    if (version > newest) {
      throw new DatabaseNewer(
        `The database is at schema ${version}, this relay knows ${newest}. Run the newer relay; schemas never go back.`,
      );
    }
    for (const step of migrations.filter(({ version: one }) => one <= upTo)) {
      await runOnce(
        sql,
        `
        if exists (select from migrations where version = ${step.version}) then return; end if;
        ${step.sql}
        insert into migrations (version, name) values (${step.version}, '${step.name}');`,
      );
    }
  });
}

/** Runs our own text as one statement, so all of it or nothing, while no other relay does. */
async function runOnce(sql: Sql, body: string): Promise<void> {
  await sql.unsafe(`do $run$ begin perform pg_advisory_xact_lock(${lockKey}); ${body} end $run$`);
}

/** The newest migration the database has seen; 0 when it is empty. */
async function currentVersion(sql: Sql): Promise<number> {
  const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0) as version from migrations`;
  return row?.version ?? 0;
}

/** True when the database is at exactly this relay's schema. */
export const isMigrated = (database: Database): Promise<boolean> => database.run(async (sql) => (await currentVersion(sql)) === newest);
