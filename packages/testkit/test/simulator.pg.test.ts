import { migrate, openDatabase, openPool, type Sql } from '@cacaw/relay';
import type {} from '../../../scripts/postgres-for-tests.ts';
import { expect, inject, test } from 'vitest';
import { createPostgresSimulatedDatabase } from '../src/simulation/postgres-database.ts';
import { runSeed, type Tally } from '../src/simulation/scenario.ts';

const first = Number(process.env['CACAW_SEED'] ?? 1);
const seeds = Number(process.env['CACAW_SEEDS'] ?? (process.env['CACAW_SEED'] === undefined ? 20 : 1));

/** Runs one seed on a database of its own. */
async function onPostgres(server: Sql, serverUrl: string, seed: number): Promise<Tally> {
  const name = `simulation_${seed}`;
  await server.unsafe(`create database ${name}`);
  const address = new URL(serverUrl);
  address.pathname = `/${name}`;
  const opened = openDatabase(address.href, { connections: 8 });
  try {
    await migrate(opened);
    return await runSeed(seed, { database: (random, collection) => createPostgresSimulatedDatabase(opened, random, collection) });
  } finally {
    await opened.close();
    await server.unsafe(`drop database ${name} with (force)`);
  }
}

test(
  '[X6] seeds converge on a real PostgreSQL',
  async () => {
    const serverUrl = inject('postgresUrl');
    const server = openPool(serverUrl, { connections: 1 });
    let edits = 0;
    for (let seed = first; seed < first + seeds; seed += 1) edits += (await onPostgres(server, serverUrl, seed))['edits'] ?? 0;
    await server.end();
    console.log(`${seeds} seeds on PostgreSQL, ${edits} edits`);
    expect(edits).toBeGreaterThan(seeds * 20);
  },
  seeds * 30_000,
);
