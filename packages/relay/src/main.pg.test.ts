import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { freePort, startEmbeddedPostgres, type EmbeddedPostgres } from '../../../scripts/embedded-postgres.ts';
import { createDiskKeyStore, secretFile } from './adapters/disk/key-store.ts';
import { systemClock, systemRandom } from './adapters/system-clock.ts';
import { createPostgresAccess } from './adapters/postgres/access.ts';
import { openDatabase, openPool } from './adapters/postgres/connection.ts';
import { until } from '../test/http-relay.ts';
import type { NativeClient } from '../test/native-client.ts';
import { RegisterWriter } from '../test/register-writer.ts';
import { connectSocket } from '../test/socket-client.ts';

const points = ['guard', 'before-append', 'after-commit', 'before-ack', 'before-forward'];
let dir: string;
let database: EmbeddedPostgres;
const children: ChildProcess[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cacaw main '));
  chmodSync(dir, 0o755);
  database = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), durable: true });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await database.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Process {
  readonly port: number;
  readonly output: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

async function start(environment: Record<string, string> = {}): Promise<Process> {
  const port = await freePort();
  const env = { PATH: process.env['PATH'], PORT: String(port), DATA_DIR: join(dir, 'data'), DATABASE_URL: database.url, ...environment };
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(import.meta.dirname, 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const output = await new Promise<string>((done, failed) => {
    child.stdout?.once('data', (data: Buffer) => done(data.toString()));
    void ended.then((code) => failed(new Error(`The relay ended with ${code} before it was ready; its own words stand above.`)));
  });
  return { port, output, child, ended };
}

/** A collection that needs no account, made in the name of the running relay. */
async function share(): Promise<{ readonly id: CollectionId; readonly secret: Uint8Array }> {
  const id = newCollectionId(systemRandom);
  const secret = systemRandom.bytes(32);
  const wrappingKey = await secretFile(join(dir, 'data', 'encryption-key'));
  const keys = createDiskKeyStore({ folder: join(dir, 'data', 'keys'), wrappingKeys: [wrappingKey] });
  const relayDatabase = openDatabase(database.url, { connections: 1 });
  const access = createPostgresAccess(relayDatabase, { keys, random: systemRandom, clock: systemClock });
  await access.createByLink(id, createHash('sha256').update(secret).digest());
  await relayDatabase.close();
  return { id, secret };
}

async function enter(
  port: number,
  { id, secret }: { readonly id: CollectionId; readonly secret: Uint8Array },
  account = 'anna',
): Promise<NativeClient> {
  const client = connectSocket(port);
  client.hello(createHash('sha256').update(account).digest(), account);
  client.join(id, { secret });
  await until(() => client.last('joined') !== undefined);
  return client;
}

describe('the process', () => {
  it('[H20] prints one address when it is ready, drains on SIGTERM and ends with 0', async () => {
    const relay = await start();
    const client = await enter(relay.port, await share());

    relay.child.kill('SIGTERM');

    expect(await relay.ended).toBe(0);
    expect(relay.output).toBe(`http://127.0.0.1:${relay.port}\n`);
    await until(() => client.closed !== undefined);
    expect(client.heard.at(-1)?.type).toBe('bye');
    expect(client.closed?.code).toBe(1001);
  });

  it('[MT1] is measured where its operator has named a token, and ends as it did', async () => {
    const token = 'x'.repeat(40);
    const relay = await start({ METRICS_TOKEN: token });

    const answer = await fetch(`http://127.0.0.1:${relay.port}/metrics`, { headers: { authorization: `Bearer ${token}` } });

    expect(await answer.text()).toMatch(/^cacaw_database_up 1$/m);
    relay.child.kill('SIGTERM');
    expect(await relay.ended).toBe(0);
  });

  it('[H21] survives an outage of its database: connections stay, pushes are busy, and it works again by itself', async () => {
    const relay = await start();
    const collection = await share();
    const [anna, ben] = [await enter(relay.port, collection, 'anna'), await enter(relay.port, collection, 'ben')];
    const bytes = new RegisterWriter(77).write('a');
    process.kill(database.pid, 'SIGKILL');
    await database.ended;

    anna.push(collection.id, { writer: 77, ref: 1, document: 'root.0', bytes });
    await until(() => anna.last('refused')?.['kind'] === 'busy');
    expect((await fetch(`http://127.0.0.1:${relay.port}/readyz`)).status).toBe(503);
    database = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), port: database.port, durable: true });
    while (anna.last('ack') === undefined) {
      anna.push(collection.id, { writer: 77, ref: 1, document: 'root.0', bytes });
      await new Promise((done) => setTimeout(done, 50));
    }
    await until(() => ben.last('updates') !== undefined);

    expect([anna.closed, ben.closed]).toEqual([undefined, undefined]);
    expect((await fetch(`http://127.0.0.1:${relay.port}/readyz`)).status).toBe(200);
  });

  it.each(points)('[H22] killed at %s it has lost nothing it acknowledged or showed', async (point) => {
    const relay = await start({ CACAW_CRASH_AT: `${point}:12` });
    const collection = await share();
    const [anna, ben] = [await enter(relay.port, collection, 'anna'), await enter(relay.port, collection, 'ben')];
    const writer = new RegisterWriter(77);

    for (let ref = 1; ref <= 40 && anna.closed === undefined; ref += 1) {
      anna.push(collection.id, { writer: 77, ref, document: 'root.0', bytes: writer.write(`${ref}`, ref) });
      // One by one: pushes that share a commit would reach the point less often than it takes to die there.
      await until(() => anna.closed !== undefined || anna.of('ack').length >= ref);
    }
    await relay.ended;
    await until(() => anna.closed !== undefined && ben.closed !== undefined);

    const seen = new Set([
      ...anna.of('ack').map((ack) => ack['seq']),
      ...ben.of('updates').flatMap((one) => (one['updates'] as { seq: number }[]).map((update) => update.seq)),
    ]);
    const sql = openPool(database.url, { connections: 1 });
    const stored = new Set(
      (await sql<{ seq: number }[]>`select seq from updates where collection_id = ${collection.id}`).map((row) => row.seq),
    );
    await sql.end();
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].filter((seq) => !stored.has(seq as number))).toEqual([]);
  });
});
