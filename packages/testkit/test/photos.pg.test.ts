import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createHost,
  createMemoryTabs,
  createSystemClock,
  createSystemRandom,
  createWebSocketWire,
  tokenCredential,
  type Cacaw,
  type Fetch,
  type Network,
  type SyncReport,
} from '@cacaw/client';
import type { PhotoDraft } from '@cacaw/core';
import { createMemoryDisk, type MemoryDisk, type MemoryStore } from '@cacaw/core/device';
import { newCollectionId, type BlobHash, type CollectionId, type ItemId } from '@cacaw/protocol';
import { createDiskKeyStore, createKeyRing, openDatabase, secretFile } from '@cacaw/relay';
import { afterEach, expect, test } from 'vitest';
import { freePort, startEmbeddedPostgres } from '../../../scripts/embedded-postgres.ts';
import { startRelay, type RelayChild } from '../../../scripts/relay-child.ts';
import { createDiskBlobStore } from '../../relay/src/adapters/disk/blob-store.ts';
import { createSealedBlobs } from '../../relay/src/adapters/sealed-blobs.ts';
import { createPictureMaker } from '../../relay/src/adapters/sharp/picture-maker.ts';
import { variantName } from '../../relay/src/photos/names.ts';
import { Browser } from '../../relay/test/browser.ts';
import { jpegOf } from '../../relay/test/photo-sender.ts';
import { openCutProxy, type CutProxy } from './cut-proxy.ts';

const root = resolve(import.meta.dirname, '../../..');
const [clock, random] = [createSystemClock(), createSystemRandom()];
const count = 200;
const [kills, cuts] = [10, 20];
/** Pixels of a photo's longer side; every 40th is so large that it travels in several pieces. */
const side = Number(process.env['CACAW_PHOTO_SIDE'] ?? 64);
const largeSide = Math.max(side, 2_048);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
}, 60_000);

async function until(what: string | (() => string), isSo: () => Promise<boolean> | boolean, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function signUp(origin: string, mailFolder: string): Promise<Browser> {
  const browser = new Browser(origin, origin);
  const account = { name: 'Anna', email: 'anna@mail.example', password: 'correct horse battery staple' };
  await browser.post('/api/auth/sign-up/email', account);
  const linkIn = (): string | undefined => {
    const texts = readdirSync(mailFolder).map((name) => readFileSync(join(mailFolder, name), 'utf8').replaceAll('=\r\n', ''));
    return texts.join('\n').match(/\/verify-email[^#\s]*#([A-Za-z0-9._~-]+)/)?.[1];
  };
  await until('the mail that verifies the address', () => linkIn() !== undefined);
  await browser.post('/api/auth/verify-email', { token: linkIn() ?? '' });
  const answer = await browser.post('/api/auth/sign-in/email', account);
  if (!answer.ok) throw new Error(`sign in: ${answer.status} ${await answer.text()}`);
  return browser;
}

/** A network that begins offline. */
function switchedNetwork(): Network & { set(online: boolean): void } {
  const listeners = new Set<() => void>();
  const state = { online: false };
  return {
    get online() {
      return state.online;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(online) {
      state.online = online;
      for (const listener of listeners) listener();
    },
  };
}

interface Tab {
  readonly cacaw: Cacaw;
  readonly store: MemoryStore;
  kill(): void;
}

interface Home {
  readonly disk: MemoryDisk;
  readonly proxy: CutProxy;
  readonly browser: Browser;
  readonly fetch: Fetch;
  readonly network: Network;
}

/** Opens the app on a device's disk, as a reload does. */
async function openTab({ disk, proxy, browser, fetch, network }: Home): Promise<Tab> {
  const tab = createMemoryTabs().open();
  const store = disk.open();
  const state = { isKilled: false };
  const cacaw = await createHost(
    {
      clock,
      random,
      network,
      locks: tab.locks,
      channel: tab.channel,
      fetch,
      credential: tokenCredential(() => browser.token()),
      connect: () => createWebSocketWire(`ws://127.0.0.1:${proxy.port}/sync`),
      openStore: () => Promise.resolve(store),
      forgetFree: () => Promise.resolve(),
      onError: (error) => {
        if (!state.isKilled) throw error;
      },
    },
    { database: 'CacawInventory', account: null, relay: `http://127.0.0.1:${proxy.port}`, publicUrl: 'http://app' },
  );
  const kill = (): void => {
    state.isKilled = true;
    tab.kill();
    store.crash();
  };
  return { cacaw, store, kill };
}

/** How many stand where, and why they wait. */
const summary = (report: SyncReport | undefined): unknown => {
  const { onTheirWay = [], paused = null } = report?.photos ?? {};
  const states = onTheirWay.map(({ state, code = '' }) => `${state} ${code}`);
  return { paused, ...Object.fromEntries([...Map.groupBy(states, (state) => state)].map(([state, all]) => [state, all.length])) };
};

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function takePhotos(cacaw: Cacaw, collection: CollectionId): Promise<ReadonlyMap<BlobHash, Uint8Array>> {
  const taken = new Map<BlobHash, Uint8Array>();
  for (let n = 0; n < count; n += 10) {
    const photos: PhotoDraft[] = [];
    for (let at = n; at < n + 10; at += 1) {
      const width = at % 40 === 0 ? largeSide : side;
      const bytes = await jpegOf(width, Math.round(width * 0.75), at + 1);
      const hash = digest(bytes) as BlobHash;
      const [blob, thumbnail] = [new Blob([new Uint8Array(bytes)]), new Blob(['square'])];
      photos.push({ hash, width, height: Math.round(width * 0.75), mediaType: 'image/jpeg', blob, thumbnail });
      taken.set(hash, bytes);
    }
    await cacaw.run({ type: 'addItems', collection, drafts: [{ name: `Item ${n}`, photos }] });
  }
  return taken;
}

test(
  '[X9] 200 photos taken offline are stored once each, byte for byte, through a reload, ten kills of the relay and twenty cuts',
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cacaw-photos-'));
    chmodSync(folder, 0o755);
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const database = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
    closers.push(() => database.stop());
    const [port, data] = [await freePort(), join(folder, 'data')];
    const start = (): Promise<RelayChild> =>
      startRelay(root, {
        HOST: '127.0.0.1',
        PORT: String(port),
        DATA_DIR: data,
        DATABASE_URL: database.relayUrl,
        DATABASE_DIRECT_URL: database.url,
        LOG_LEVEL: 'error',
      });
    const relay = { child: await start(), starting: Promise.resolve() };
    closers.push(async () => (await relay.starting, relay.child.stop()));
    const proxy = await openCutProxy(port);
    closers.push(() => proxy.close());
    const browser = await signUp(`http://127.0.0.1:${port}`, join(data, 'mail'));
    const done = { pieces: 0, kills: 0, cuts: 0 };
    const killRelay = (): void => {
      done.kills += 1;
      relay.starting = relay.starting.then(async () => {
        process.kill(relay.child.pid, 'SIGKILL');
        await relay.child.ended;
        relay.child = await start();
      });
    };
    /** Amid every fifth piece the network is cut, amid every tenth the relay is killed. */
    const disturb = (): void => {
      done.pieces += 1;
      if (done.pieces % 10 === 5 && done.kills < kills) killRelay();
      else if (done.pieces % 5 === 3 && done.cuts < cuts) {
        done.cuts += 1;
        setTimeout(() => proxy.cut(), done.cuts % 4);
      }
    };
    const fetching: Fetch = (url, init) => {
      const answer = fetch(url, init as RequestInit);
      if (init.method === 'PUT') disturb();
      return answer;
    };
    const network = switchedNetwork();
    const home: Home = { disk: createMemoryDisk(), proxy, browser, fetch: fetching, network };

    const offline = await openTab(home);
    const collection = newCollectionId(random);
    await offline.cacaw.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
    const taken = await takePhotos(offline.cacaw, collection);
    offline.kill();
    const { cacaw, store } = await openTab(home);
    closers.push(() => cacaw.close());
    network.set(true);
    let report: SyncReport | undefined;
    cacaw.status(collection, (next) => (report = next));
    await until('the collection is shared', () =>
      cacaw.share(collection).then(
        () => true,
        () => false,
      ),
    );
    const reader = openDatabase(database.url, { connections: 1 });
    closers.push(() => reader.close());
    const isSent = (): boolean => done.kills === kills && (report?.photos.onTheirWay ?? []).every(({ state }) => state === 'checking');
    await until(() => `everything is sent: ${JSON.stringify([done, { ...report, photos: summary(report) }])}`, isSent, 420_000);
    await relay.starting;
    // Minutes pass: what a relay held in its hands when it was killed is another's to finish.
    await reader.run((sql) => sql`update uploads set worked_until = now()`);
    const isStored = (): boolean => report?.status.state === 'synced' && report.photos.onTheirWay.length === 0;
    await until(() => `everything is stored: ${JSON.stringify([done, { ...report, photos: summary(report) }])}`, isStored, 300_000);
    await relay.starting;

    expect(done).toMatchObject({ kills, cuts });
    const keys = createKeyRing(
      createDiskKeyStore({ folder: join(data, 'keys'), wrappingKeys: [await secretFile(join(data, 'encryption-key'))] }),
    );
    const disk = createDiskBlobStore({ folder: join(data, 'blobs') });
    const blobs = createSealedBlobs(disk, keys);
    const rows = await reader.run(
      (sql) => sql<{ hash: BlobHash; variants: Record<'full' | '300' | '150', { hash: string; bytes: number }> }[]>`
      select hash, variants from blobs where collection_id = ${collection}`,
    );
    expect(rows.map(({ hash }) => hash).toSorted()).toEqual([...taken.keys()].toSorted());
    const pictures = createPictureMaker();
    closers.push(() => pictures[Symbol.asyncDispose]());
    for (const { hash, variants } of rows) {
      const made = await pictures.make(taken.get(hash) ?? new Uint8Array(), 'jpeg', 'test');
      if (!('made' in made)) throw new Error(`No picture of ${hash}.`);
      for (const variant of ['full', '300', '150'] as const) {
        const kept = (await blobs.get(variantName({ collection, hash }, variant))) ?? new Uint8Array();
        expect([digest(kept), kept.length]).toEqual([variants[variant].hash, variants[variant].bytes]);
        expect(digest(kept)).toBe(digest(made.made[variant]));
      }
    }
    const whole: string[] = [];
    for await (const { name } of disk.list(`${collection}/`)) if (name.endsWith('/full')) whole.push(name);
    expect(whole.length).toBe(count);
    const shown = await cacaw.rows(await store.read(['items'], async (tx) => (await tx.range('items', {})).map(({ id }): ItemId => id)));
    expect(shown.flatMap(({ photos }) => photos).length).toBe(count);
    const { copies, onlyHere } = await cacaw.storage();
    expect([onlyHere, copies <= 256 * 1024 * 1024]).toEqual([0, true]);
  },
);
