import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  alwaysOnline,
  createSyncClient,
  createSystemClock,
  createSystemRandom,
  createWebSocketWire,
  secretCredential,
  type SyncClient,
} from '@cacaw/client';
import { CommandError } from '@cacaw/core';
import { createMemoryDisk, openDevice, type Device, type MemoryStore, type PendingUpdate } from '@cacaw/core/device';
import { differences, itemsShownBy, pendingIn, shownBy, shownFrom } from '@cacaw/core/testing';
import { newCollectionId, newCommandId, type CollectionId, type Seq } from '@cacaw/protocol';
import {
  createDiskKeyStore,
  createKeyRing,
  createPostgresUpdateLog,
  openDatabase,
  secretFile,
  type LogRow,
  type ProbePoint,
} from '@cacaw/relay';
import { expect, test } from 'vitest';
import { freePort, startEmbeddedPostgres } from '../../../scripts/embedded-postgres.ts';
import { startRelay, type RelayChild } from '../../../scripts/relay-child.ts';
import { nextCommand } from '../src/actions.ts';
import { makeLinkedCollection } from '../src/link.ts';
import { createSeededRandom } from '../src/random.ts';
import { Ledger } from '../src/simulation/ledger.ts';

const root = resolve(import.meta.dirname, '../../..');
const points: readonly ProbePoint[] = ['guard', 'before-append', 'after-commit', 'before-ack', 'before-forward'];
const kills = 20;
const seed = Number(process.env['CACAW_SEED'] ?? 1);

/** One person writing without a pause, over the real client and a real socket. */
interface Writer {
  readonly store: MemoryStore;
  readonly device: Device;
  readonly sync: SyncClient;
  write(): Promise<void>;
}

async function openWriter(collection: CollectionId, address: string, ledger: Ledger, name: string): Promise<Writer> {
  const [clock, random, choices] = [createSystemClock(), createSystemRandom(), createSeededRandom(seed).fork(name)];
  const store = createMemoryDisk().open();
  const device = await openDevice({ store, clock, random });
  const sync = await createSyncClient(
    {
      device,
      clock,
      random,
      network: alwaysOnline,
      credential: secretCredential(random.bytes(32)),
      connect: () => createWebSocketWire(`${address}/sync`),
    },
    { appSchema: 1, deviceId: name.padEnd(16, '-'), name },
  );
  const write = async (): Promise<void> => {
    const items = await itemsShownBy(store, collection);
    const folders = await store.read(['folders'], (tx) => tx.range('folders', {}));
    const command = nextCommand({ collection, items, folders }, choices, false);
    if (command === undefined) return;
    const id = newCommandId(random);
    try {
      await device.run(command, id);
    } catch (error) {
      if (error instanceof CommandError) return; // what this person wanted has become impossible meanwhile
      throw error;
    }
    const pending = await pendingIn(store, collection);
    ledger.keep(
      pending.filter((one: PendingUpdate) => one.command === id),
      [],
    );
  };
  return { store, device, sync, write };
}

async function until(what: string, isSo: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Runs the relay until it has killed itself at `point`, with everybody writing meanwhile. */
async function writeUntilKilled(
  start: (crashAt: string) => Promise<RelayChild>,
  writers: readonly Writer[],
  crashAt: string,
): Promise<void> {
  const relay = await start(crashAt);
  const state = { isOver: false };
  void relay.ended.then(() => (state.isOver = true));
  await Promise.all(
    writers.map(async (writer) => {
      writer.sync.retry();
      while (!state.isOver) {
        await writer.write();
        await new Promise((done) => setTimeout(done, 10));
      }
    }),
  );
}

test('[X4] SIGKILL of the relay while four people write loses nothing acknowledged or seen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw-kill-'));
  chmodSync(folder, 0o755);
  const database = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
  const port = await freePort();
  const environment = { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: folder, DATABASE_URL: database.url, LOG_LEVEL: 'error' };
  const start = (crashAt: string): Promise<RelayChild> => startRelay(root, { ...environment, CACAW_CRASH_AT: crashAt });
  const random = createSeededRandom(seed);
  const collection = newCollectionId(random);
  const secret = random.bytes(32);
  const ledger = new Ledger();

  const first = await start('');
  await makeLinkedCollection({ databaseUrl: database.url, dataDir: folder }, collection, secret);
  const writers: Writer[] = [];
  for (const name of ['anna', 'ben', 'cleo', 'dan']) writers.push(await openWriter(collection, `ws://127.0.0.1:${port}`, ledger, name));
  await writers[0]!.device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  for (const { device } of writers) await device.setReach(collection, { mode: 'sync', secret: Buffer.from(secret).toString('base64url') });
  const hasRoot = async (writer: Writer): Promise<boolean> =>
    (await writer.store.read(['collections'], (tx) => tx.get('collections', collection)))?.name === 'Home';
  for (const writer of writers) await until('everybody has the collection', () => hasRoot(writer), 20_000);
  await first.stop();

  for (let kill = 0; kill < kills; kill += 1) {
    const crashAt = `${points[kill % points.length]!}:${3 + random.int(25)}`;
    await writeUntilKilled(start, writers, crashAt);
  }

  const last = await start('');
  for (const { sync } of writers) sync.retry();
  const hasNothingPending = async ({ store }: Writer): Promise<boolean> => (await pendingIn(store, collection)).length === 0;
  for (const writer of writers) await until('nothing is pending', () => hasNothingPending(writer), 40_000);
  const reader = openDatabase(database.url, { connections: 2 });
  const keys = createKeyRing(
    createDiskKeyStore({ folder: join(folder, 'keys'), wrappingKeys: [await secretFile(join(folder, 'encryption-key'))] }),
  );
  const log: LogRow[] = [];
  const updateLog = createPostgresUpdateLog(reader, keys);
  for (;;) {
    const rows = await updateLog.rows(collection, log.length as Seq, 500);
    if (rows.length === 0) break;
    log.push(...rows);
  }
  const expected = shownFrom(collection, log, []);
  for (const writer of writers)
    await until('everybody shows the log', async () => differences(await shownBy(writer.store, collection), expected).length === 0, 20_000);
  expect(ledger.missing(log)).toEqual([]);
  console.log(
    `killed ${kills} times, ${kills / points.length} at each of ${points.join(', ')}; ${ledger.tally['edits']} edits, ${log.length} updates in the log, seed ${seed}`,
  );

  for (const { sync, device } of writers) {
    await sync.close();
    await device[Symbol.asyncDispose]();
  }
  await reader.close();
  await last.stop();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}, 280_000);
