import type { ReservedSql, Sql } from './connection.ts';
import { migrations } from './migrations.ts';

/** The database was written by a newer relay; this one must not touch it. */
export class DatabaseNewer extends Error {
  readonly code = 'database-newer';
}

const lockKey = 0x63616361;
const newest = migrations.at(-1)?.version ?? 0;

/**
 * Brings the database to this relay's schema, once, however many relays start together. Throws {@link DatabaseNewer}
 * when a newer relay has been here.
 */
export async function migrate(sql: Sql): Promise<void> {
  const connection = await sql.reserve();
  try {
    await connection`select pg_advisory_lock(${lockKey}::bigint)`;
    try {
      await runMissing(connection);
    } finally {
      await connection`select pg_advisory_unlock(${lockKey}::bigint)`;
    }
  } finally {
    connection.release();
  }
}

async function runMissing(connection: ReservedSql): Promise<void> {
  await connection`create table if not exists migrations (version integer primary key, name text not null, run_at timestamptz not null default now())`;
  const version = await currentVersion(connection);
  if (version > newest) {
    throw new DatabaseNewer(`The database is at schema ${version}, this relay knows ${newest}. Run the newer relay; schemas never go back.`);
  }
  for (const step of migrations.filter((one) => one.version > version)) {
    await connection`begin`;
    try {
      await connection.unsafe(step.sql);
      await connection`insert into migrations (version, name) values (${step.version}, ${step.name})`;
      await connection`commit`;
    } catch (error) {
      await connection`rollback`;
      throw error;
    }
  }
}

/** The newest migration the database has seen; 0 when it is empty. */
async function currentVersion(sql: ReservedSql): Promise<number> {
  const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0) as version from migrations`;
  return row?.version ?? 0;
}

/** True when the database is at exactly this relay's schema. */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0) as version from migrations`;
  return row?.version === newest;
}
