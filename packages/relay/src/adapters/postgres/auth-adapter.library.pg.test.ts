// The library's own suite for adapters, on tables as it would have them: what it asks of SQL, apart from what we seal.
import {
  authFlowTestSuite,
  caseInsensitiveTestSuite,
  normalTestSuite,
  testAdapter,
  transactionsTestSuite,
} from '@better-auth/test-utils/adapter';
import type { BetterAuthOptions } from 'better-auth';
import { getAuthTables } from 'better-auth/db';
import { inject, vi } from 'vitest';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { createAuthAdapter } from './auth-adapter.ts';
import { createAccountSeal } from './auth-seal.ts';
import type { AuthTables } from './auth-tables.ts';
import { createTestDatabase } from './database-for-tests.ts';

// The suite tells of every migration it makes.
vi.spyOn(console, 'log').mockReturnValue(undefined);

const database = await createTestDatabase(inject('postgresUrl'));
const seal = createAccountSeal(createMemoryKeyStore(), { relayKey: new Uint8Array(32), indexKey: new Uint8Array(32) });

type Columns = { readonly [column: string]: string };

const sqlTypes: { readonly [type: string]: string } = { boolean: 'boolean', number: 'bigint', date: 'timestamptz' };

function tablesOf(options: BetterAuthOptions): { readonly [table: string]: Columns } {
  return Object.fromEntries(
    Object.values(getAuthTables(options)).map(({ modelName, fields }) => [
      modelName,
      {
        id: 'text',
        ...Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [field.fieldName ?? name, sqlTypes[String(field.type)] ?? 'text']),
        ),
      },
    ]),
  );
}

const plainTables = (options: BetterAuthOptions): AuthTables =>
  Object.fromEntries(
    Object.entries(tablesOf(options)).map(([table, columns]) => [
      table,
      { table, id: 'id', owner: undefined, columns: Object.fromEntries(Object.keys(columns).map((column) => [column, 'plain'])) },
    ]),
  );

async function makeTables(options: BetterAuthOptions): Promise<void> {
  for (const [table, columns] of Object.entries(tablesOf(options))) {
    const lines = Object.entries(columns).map(([column, type]) => `"${column}" ${type} ${column === 'id' ? 'primary key' : ''}`);
    await database.sql.unsafe(`drop table if exists "${table}"; create table "${table}" (${lines.join(', ')})`);
  }
}

const { execute } = await testAdapter({
  adapter: (options) => createAuthAdapter(database.database, { seal, tables: plainTables(options) }),
  runMigrations: makeTables,
  tests: [normalTestSuite(), authFlowTestSuite(), transactionsTestSuite(), caseInsensitiveTestSuite()],
  onFinish: () => database.drop(),
});
execute();
