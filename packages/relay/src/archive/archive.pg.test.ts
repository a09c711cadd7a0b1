import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { growDocument, isBackupIntact, readBundle, readShard } from '@cacaw/core/transfer';
import { newCollectionId, type AccountId, type CollectionId, type MemberId, type ShardId } from '@cacaw/protocol';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as Y from 'yjs';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { storeCollection } from '../../test/stored-collection.ts';
import { hashOf, jpegOf, sendBlob } from '../../test/photo-sender.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createPostgresArchiveSource } from '../adapters/postgres/archive-source.ts';
import { createKeyRing } from '../adapters/postgres/seal.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { appending } from '../contracts/log-fixture.ts';
import { createArchives } from './archives.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const exportPath = '/api/account/export';

async function owned(browser: Browser, name: string, items: number, marker = 'm'): Promise<CollectionId> {
  const id = newCollectionId(systemRandom);
  expect((await browser.post('/api/collections', { id })).status).toBe(201);
  await storeCollection(world.log, { id, member: 1 as MemberId }, { name, items, marker });
  return id;
}

async function downloaded(browser: Browser): Promise<Record<string, string>> {
  const answer = await browser.get(exportPath);
  expect(answer.status).toBe(200);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => createHash('sha256').update(bytes).digest();

it('[P10] an archive holds the account, every collection as JSON, CSV and documents, and nothing anybody could sign in with', async () => {
  const anna = await world.signedUp('anna', 'a long password of anna');
  const books = await owned(anna, 'Books / ../ "old"', 300, 'marker-of-anna');
  await owned(anna, '', 0);

  const files = await downloaded(anna);

  const folder =
    Object.keys(files)
      .find((path) => path.endsWith(`-${books.slice(0, 8)}/collection.json`))
      ?.replace('collection.json', '') ?? '';
  expect(folder).toMatch(/^collections\/Books - - -old- ?-/);
  const bundle = readBundle(JSON.parse(files[`${folder}collection.json`] ?? ''));
  expect(await isBackupIntact(files[`${folder}collection.json`] ?? '', sha256)).toBe(true);
  expect(bundle.items).toHaveLength(300);
  expect(bundle.items.every(({ name }) => name.endsWith('marker-of-anna'))).toBe(true);
  expect(bundle.folders.map(({ name }) => name)).toEqual(['Shelf marker-of-anna']);
  expect(bundle.notebook).toEqual([{ insert: 'Remember marker-of-anna', attributes: { bold: true } }]);
  expect(bundle.items.filter(({ note }) => note.startsWith('Note marker-of-anna'))).toHaveLength(75);
  expect(files[`${folder}items.csv`]?.trim().split('\r\n')).toHaveLength(301);
  expect(Object.keys(files).filter((path) => path.startsWith(`${folder}documents/`))).toHaveLength(2 + 3 * 2);
  const account = JSON.parse(files['account.json'] ?? '') as { profile: { email: string }; memberships: object[]; signIns: object[] };
  expect(account.profile.email).toBe('anna@mail.example');
  expect(account.memberships).toHaveLength(2);
  expect(account.signIns).toHaveLength(1);
  expect(files['README.txt']).toContain('anna <anna@mail.example>');
  expect(files['audit.csv']).toMatch(/When,What[\s\S]*signed-in[\s\S]*exported/);
  const everything = JSON.stringify(files);
  expect(everything).not.toContain('a long password of anna');
  expect(everything).not.toContain(anna.cookie.split('=')[1] ?? 'no cookie');
});

it('[P10] a raw document in an archive is one update that reads like the stored one', async () => {
  const anna = await world.signedUp('rawanna');
  await owned(anna, 'Raw', 5);
  const answer = await anna.get(exportPath);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const path = Object.keys(files).find((one) => one.includes('/documents/rows.')) ?? '';
  const doc = new Y.Doc();
  Y.applyUpdate(doc, files[path] ?? new Uint8Array());
  expect(doc.getArray('r').toJSON()).toHaveLength(5);
});

it('[P14] an archive carries photos and files, listed and counted with checksums, a piece at a time', async () => {
  const anna = await world.signedUp('photographer');
  const books = await owned(anna, 'Pictures', 2);
  const [photo, receipt] = [await jpegOf(80, 60), Buffer.from('A receipt. '.repeat(250_000))];
  await sendBlob(anna, { collection: books, bytes: photo });
  await sendBlob(anna, { collection: books, bytes: receipt, use: 'file' });
  const named = new RegisterWriter(99).change((doc) =>
    doc.getArray('r').push([
      ['item9', 0, { C: 1, n: 'Camera' }, 5],
      ['item9', `f:${hashOf(receipt)}`, { n: '../Receipt: "new".txt', m: 'text/plain', b: receipt.length, k: 'receipt' }, 5],
    ]),
  );
  await world.log.append([appending(books, 1 as MemberId, [{ document: 'rows.zzzzzz.0', writer: 99, ref: 1, bytes: named }])]);

  const answer = await anna.get(exportPath);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));

  const folder =
    Object.keys(files)
      .find((path) => path.endsWith('/photos-and-files.json'))
      ?.replace('photos-and-files.json', '') ?? '';
  const list = JSON.parse(Buffer.from(files[`${folder}photos-and-files.json`] ?? []).toString()) as {
    list: { path: string; bytes: number; sha256: string; hash: string }[];
  };
  expect(list).toMatchObject({ photos: 1, files: 1, bytes: list.list.reduce((sum, { bytes }) => sum + bytes, 0) });
  for (const { path, bytes, sha256: expected } of list.list) {
    expect(files[`${folder}${path}`]?.length).toBe(bytes);
    expect(Buffer.from(await sha256(files[`${folder}${path}`] ?? new Uint8Array())).toString('hex')).toBe(expected);
  }
  expect(list.list.map(({ path }) => path)).toEqual([`files/${hashOf(receipt)}/-Receipt- -new-.txt`, `photos/${hashOf(photo)}.webp`]);
  expect(Buffer.compare(files[`${folder}files/${hashOf(receipt)}/-Receipt- -new-.txt`] ?? new Uint8Array(), receipt)).toBe(0);
  expect(
    Buffer.from(files[`${folder}photos/${hashOf(photo)}.webp`] ?? [])
      .subarray(8, 12)
      .toString(),
  ).toBe('WEBP');

  const source = createPostgresArchiveSource(world.database.database, {
    ring: createKeyRing(world.keys),
    seal: world.accounts.seal,
    store: world.photos.sealed,
  });
  const stranger = 'S'.repeat(22) as AccountId;
  expect(await source.blobs(stranger, books)).toEqual([]);
  const { accountId } = (await (await anna.get('/api/account')).json()) as { accountId: AccountId };
  const [first] = await source.blobs(accountId, books);
  if (first === undefined) throw new Error('Nothing is stored.');
  const sizes: number[] = [];
  for await (const { length } of source.bytes(accountId, books, first)) sizes.push(length);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  for await (const _ of source.bytes(stranger, books, first)) expect.fail('A stranger reads.');
});

it('[P11] nothing of a collection somebody is not in, was removed from, or that is gone comes into their archive', async () => {
  const [owner, other] = [await world.signedUp('owner'), await world.signedUp('other')];
  const shared = await owned(owner, 'Shared', 3, 'shared-marker');
  await owned(owner, 'Private', 3, 'private-marker');
  const invite = (await (await owner.post(`/api/collections/${shared}/invites`, { role: 'viewer' })).json()) as { link: string };
  await other.post('/api/invites/accept', { secret: new URL(invite.link).hash.slice(1) });

  const first = JSON.stringify(await downloaded(other));
  expect(first).toContain('shared-marker');
  expect(first).not.toContain('private-marker');

  const { accountId } = (await (await other.get('/api/account')).json()) as { accountId: string };
  await owner.send(`/api/collections/${shared}/members/${accountId}`, {
    method: 'DELETE',
    headers: { origin: `http://localhost:${world.http.port}` },
  });
  expect(JSON.stringify(await downloaded(other))).not.toContain('shared-marker');
});

it('[P12] a sign-in older than a day downloads nothing; signing in again does; a page can ask first', async () => {
  const anna = await world.signedUp('stale');
  expect((await anna.get(`${exportPath}?check=only`)).status).toBe(204);
  const { accountId } = (await (await anna.get('/api/account')).json()) as { accountId: string };
  await world.database.sql`update sign_ins set created_at = now() - interval '25 hours' where account = ${accountId}`;

  for (const path of [exportPath, `${exportPath}?check=only`]) {
    const refused = await anna.get(path);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'stale-sign-in' });
  }
  expect((await world.browser().get(exportPath)).status).toBe(401);
  await anna.post('/api/auth/sign-in/email', { email: 'stale@mail.example', password: 'correct horse battery staple' });
  expect((await anna.get(`${exportPath}?check=only`)).status).toBe(204);
});

it('[P13] an archive is made as it is read, and ends when its reader leaves', async () => {
  const anna = await world.signedUp('many');
  await owned(anna, 'Many', 2_000);
  const { accountId } = (await (await anna.get('/api/account')).json()) as { accountId: AccountId };
  const profile = await world.accounts.profiles.read(accountId);
  if (profile === undefined) throw new Error('no profile');
  const real = createPostgresArchiveSource(world.database.database, {
    ring: createKeyRing(world.keys),
    seal: world.accounts.seal,
    store: world.photos.sealed,
  });
  let reads = 0;
  let isLeft = false;
  const archives = createArchives({
    source: {
      ...real,
      async *updates(...asked) {
        reads += 1;
        expect(isLeft).toBe(false);
        yield* real.updates(...asked);
      },
    },
    profiles: world.accounts.profiles,
    audit: async () => [],
    clock: systemClock,
    appVersion: '0',
    onFault: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  // More than may be built at once: those that nobody reads give up their turn when their reader leaves.
  const readers = Array.from({ length: 3 }, () => archives.open(profile).getReader());

  for (const reader of readers) {
    const { value } = await reader.read();
    expect(value?.length).toBeGreaterThan(0);
    const readSoFar = reads;
    await new Promise((done) => setImmediate(done));
    expect(reads - readSoFar).toBeLessThan(20);
    await reader.cancel();
    isLeft = true;
    await new Promise((done) => setImmediate(done));
    isLeft = false;
  }

  // A whole archive takes a hundred reads.
  expect(reads).toBeLessThan(3 * 25);
});

it('[P13] a document that takes long to read holds up nobody else', async () => {
  const anna = await world.signedUp('heavy');
  const id = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id });
  const update = scattered(60_000);
  await world.log.append([appending(id, 1 as MemberId, [{ document: 'rows.aaaaaa.0', writer: 5, ref: 1, bytes: update }])]);
  const begun = performance.now();
  readShard(id, 'aaaaaa' as ShardId, { rows: growDocument(undefined, [update]), notes: new Y.Doc() });
  const cost = performance.now() - begun;
  const delay = monitorEventLoopDelay({ resolution: 2 });

  delay.enable();
  await (await anna.get(exportPath)).arrayBuffer();
  delay.disable();

  // It is read three times; here it would show as pauses of that length.
  expect(delay.max / 1e6).toBeLessThan(cost);
});

/** An update whose structs cannot be merged, so that it takes long to apply. */
function scattered(entries: number): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    const rows = doc.getArray('r');
    for (let at = 0; at < entries; at += 1) rows.insert(0, [[`row${at % 500}`, 'n', `value ${at}`, at + 1]]);
  });
  return Y.encodeStateAsUpdate(doc);
}
