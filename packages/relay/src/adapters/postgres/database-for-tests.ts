import { randomBytes } from 'node:crypto';
import { openDatabase, openPool, type Database, type Sql } from './connection.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser URL, given by `scripts/postgres-for-tests.ts`. */
    readonly postgresUrl: string;
  }
}

/** A database of its own on the server of this run. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** For what a test asks itself. */
  readonly sql: Sql;
  drop(): Promise<void>;
}

/** Makes an empty database beside the one `serverUrl` names. */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const server = openPool(serverUrl, { connections: 1 });
  await server.unsafe(`create database ${name}`);
  await server.end();
  const address = new URL(serverUrl);
  address.pathname = `/${name}`;
  const sql = openPool(address.href, { connections: 2 });
  const database = openDatabase(address.href, { connections: 8 });
  return {
    url: address.href,
    database,
    sql,
    async drop() {
      await sql.end({ timeout: 1 });
      await database.close();
      const again = openPool(serverUrl, { connections: 1 });
      await again.unsafe(`drop database if exists ${name} with (force)`);
      await again.end();
    },
  };
}
