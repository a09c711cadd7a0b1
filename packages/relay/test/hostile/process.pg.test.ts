import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../../scripts/embedded-postgres.ts';
import { createTestDatabase, type TestDatabase } from '../../src/adapters/postgres/database-for-tests.ts';
import { describeRoutes } from '../../src/http/openapi.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import { lines } from './matrix-routes.ts';

let world: AccountWorld;
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  database = await createTestDatabase(inject('postgresUrl'));
  dataDir = mkdtempSync(join(tmpdir(), 'cacaw process '));
}, 60_000);
afterAll(async () => {
  await world.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Description {
  readonly info: { readonly version: string };
  readonly paths: { readonly [path: string]: { readonly [method: string]: { readonly operationId: string } } };
}

/** What a relay started as people start it says it serves. */
async function descriptionOfProcess(): Promise<Description> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(import.meta.dirname, '../../src/main.ts')], {
    env: { PATH: process.env['PATH'], PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  try {
    await Promise.race([
      new Promise((done) => child.stdout.once('data', done)),
      ended.then((code) => Promise.reject(new Error(`The relay ended with ${code} before it was ready; its own words stand above.`))),
    ]);
    const answer = await fetch(`http://127.0.0.1:${port}/api/openapi.json`);
    return (await answer.json()) as Description;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

describe('the process that people start', () => {
  it('[I32] serves exactly the operations that are attacked here, as they are described here', async () => {
    const description = await descriptionOfProcess();

    const attacked = describeRoutes(world.routes, { version: description.info.version });
    expect(description).toEqual(JSON.parse(JSON.stringify(attacked)));
    const served = Object.values(description.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(served.sort()).toEqual(Object.keys(lines).sort());
  });
});
