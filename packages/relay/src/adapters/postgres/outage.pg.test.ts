import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startEmbeddedPostgres, type EmbeddedPostgres } from '../../../../../scripts/embedded-postgres.ts';
import { appending, bytesOf, newCollection, seqOf, type LogUnderTest } from '../../contracts/log-fixture.ts';
import { fanOutContract } from '../../contracts/fan-out.ts';
import { until } from '../../../test/http-relay.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemClock, systemRandom } from '../system-clock.ts';
import { createPostgresAccess } from './access.ts';
import { openDatabase, openPool, type Database, type Sql } from './connection.ts';
import { createPostgresFanOut } from './fan-out.ts';
import { migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';

let dir: string;
let server: EmbeddedPostgres;
let database: Database;
let sql: Sql;
let under: LogUnderTest;
const start = async (port: number): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dir, port, durable: true });
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cacaw outage '));
  chmodSync(dir, 0o755);
  server = await start(await freePort());
  sql = openPool(server.url, { connections: 4 });
  database = openDatabase(server.url, { connections: 4 });
  await migrate(database);
  const keys = createMemoryKeyStore();
  under = {
    log: createPostgresUpdateLog(database, createKeyRing(keys)),
    access: createPostgresAccess(database, { keys, random: systemRandom, clock: systemClock }),
  };
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('PostgreSQL comes and goes', () => {
  it('[K24] an append the server rolls back is reported and leaves nothing, and the connection goes on', async () => {
    const { id, member } = await newCollection(under, systemRandom);
    const twice = [1, 1].map((ref) => ({ document: 'root.0', writer: 7, ref, bytes: bytesOf(1) }));

    await expect(under.log.append([appending(id, member, twice)])).rejects.toMatchObject({ code: '23505' });

    expect((await under.log.state(id))?.head).toBe(0);
    expect(await under.log.append([appending(id, member, twice.slice(0, 1))])).toEqual(['committed']);
  });

  it('[K25] an outage is told apart from a fault at once, and the pool works again without being told', async () => {
    const { id, member } = await newCollection(under, systemRandom);
    await under.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }])]);
    process.kill(server.pid, 'SIGKILL');
    await server.ended;

    const next = appending(id, member, [{ document: 'root.0', writer: 7, ref: 2, bytes: bytesOf(2) }]);
    const calls = [
      under.log.append([next]),
      under.log.state(id),
      under.log.rows(id, seqOf(0), 1),
      under.access.admit({ account: 'x' as never, kind: 'guest' }, id, undefined),
    ];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'log-unavailable' } });
    server = await start(server.port);

    expect(await under.log.append([next])).toEqual(['committed']);
    expect((await under.log.rows(id, seqOf(0), 10)).map((row) => row.ref)).toEqual([1, 2]);
  });

  it('[K25] a lost connection in the middle of an append is an outage, whatever became of the commit', async () => {
    const { id, member } = await newCollection(under, systemRandom);
    const killer = openPool(server.url, { connections: 1 });
    const request = appending(id, member, [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }]);
    const blocker = openPool(server.url, { connections: 1 });
    await blocker`begin`;
    await blocker`select 1 from collections where collection_id = ${id} for update`;

    const outcome = under.log.append([{ ...request, patient: true }]).catch((error: { code: string }) => error.code);
    await until2(
      async () =>
        (
          await killer`select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
        ).length > 0,
    );
    expect(await outcome).toBe('log-unavailable');
    await blocker`rollback`;
    await blocker.end();

    expect(await under.log.append([request])).toEqual(['committed']);
    await killer.end();
  });
});

describe('PostgreSQL fan-out', () =>
  fanOutContract(async () => [await createPostgresFanOut(sql, 'one'), await createPostgresFanOut(sql, 'two')], until));

async function until2(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((done) => setTimeout(done, 10));
}
