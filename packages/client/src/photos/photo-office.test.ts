import { createHash } from 'node:crypto';
import type { BlobHash, CollectionId, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { HeardRequest } from '../../test/scripted-http.ts';
import { answerAsRelay, commitAll, createHome, TestBrowser } from '../../test/browser.ts';
import type { Cacaw, SyncReport } from '../cacaw.ts';
import { localReport } from '../local-only.ts';
import { noPhotos, withPhotos } from './term-photos.ts';

const hash = 'a'.repeat(64) as BlobHash;
const draft = { hash, width: 4, height: 3, mediaType: 'image/webp', blob: new Blob(['picture']), thumbnail: new Blob(['square']) };

async function withPhoto(cacaw: Cacaw, collection: CollectionId): Promise<ItemId> {
  const { items } = await cacaw.run({ type: 'addItems', collection, drafts: [{ name: 'Drill', photos: [draft] }] });
  return items[0] as ItemId;
}

async function shared(cacaw: Cacaw): Promise<CollectionId> {
  const home = await createHome(cacaw);
  await cacaw.share(home);
  return home;
}

const photoRoute = (collection: CollectionId): string => `/api/collections/${collection}/photos/${hash}`;

test('[L104] a collection whose edits are committed is not synced while a photo of it waits, in any tab', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const other = await browser.open();
  const home = await shared(cacaw);
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 503, body: {} });
  await answerAsRelay(browser);
  const reports: SyncReport[] = [];
  other.cacaw.status(home, (report) => reports.push(report));
  await withPhoto(cacaw, home);
  await browser.clock.advance(1_000);
  expect(reports.at(-1)?.photos).toMatchObject({ onTheirWay: [{ hash, state: 'waiting', bytes: 7 }], paused: 'unreachable' });
  const committed: SyncReport = { ...localReport(home), status: { state: 'synced', at: 1 } };
  const waiting = reports.at(-1)?.photos ?? noPhotos;
  expect(withPhotos(committed, waiting).status).toEqual({ state: 'sending', pending: 0, received: false });
  expect(withPhotos(committed, noPhotos).status).toEqual({ state: 'synced', at: 1 });

  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: [{ hash, state: 'stored' }] } });
  await cacaw.retryPhotos(home);
  await browser.clock.advance(1_000);

  expect(reports.at(-1)?.photos).toEqual({ onTheirWay: [], paused: null });
  expect(browser.errors).toEqual([]);
});

test('[L105] bytes that are not here come from the relay once, and offline from the copy', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await shared(cacaw);
  const there = 'b'.repeat(64) as BlobHash;
  const route = `GET /api/collections/${home}/photos/${there}`;
  browser.http.on(route, ({ path }) => ({ status: 200, blob: new Blob([path.split('?')[1] ?? '']) }));
  const text = async (...asked: Parameters<Cacaw['photo']>): Promise<string> => {
    const answer = await cacaw.photo(...asked);
    return answer.state === 'here' ? answer.blob.text() : answer.state;
  };

  expect(await text(home, there, '150', { turns: 1, crop: null })).toBe('size=300&view=1.0.0.0');
  expect(await text(home, there, 'full')).toBe('size=full');
  browser.network.set(false);
  expect(await text(home, there, '300', { turns: 1, crop: null })).toBe('size=300&view=1.0.0.0');
  expect(await text(home, there, 'full')).toBe('size=full');
  expect(await text(home, there, '300')).toBe('offline');
  browser.network.set(true);
  browser.http.on(route, { status: 404, body: {} });
  expect(await text(home, there, '300')).toBe('lost');
  expect(browser.http.count(route)).toBe(3);
});

test('[L110] a guest is shown photos by a pass, asked for once and anew when it is over; the secret is in no header and no address', async () => {
  const browser = new TestBrowser({ account: null });
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.setNetwork('sync');
  const [there, pass] = ['b'.repeat(64) as BlobHash, `POST /api/collections/${home}/photos/pass`];
  const route = `GET /api/collections/${home}/photos/${there}`;
  let given = 0;
  browser.http.on(pass, () => ({ status: 200, body: { pass: `pass.${(given += 1)}`, seconds: 900 } }));
  const tokenOf = ({ init }: HeardRequest): string | undefined => init.headers['authorization'];
  browser.http.on(route, (request) =>
    tokenOf(request) === `Bearer pass.${given}` ? { status: 200, blob: new Blob(['it']) } : { status: 401 },
  );
  const look = async (turns: 0 | 1 | 2 | 3): Promise<string> => (await cacaw.photo(home, there, '300', { turns, crop: null })).state;

  expect(await Promise.all([look(0), look(1)])).toEqual(['here', 'here']);
  expect(browser.http.count(pass)).toBe(1);
  given += 1;
  expect([await look(2), browser.http.count(pass)]).toEqual(['here', 2]);
  await browser.clock.advance(840_001);
  expect([await look(3), browser.http.count(pass)]).toEqual(['here', 3]);

  const [asked] = browser.http.heard.filter(({ path }) => path.endsWith('/pass'));
  const secret = (asked?.body as { readonly secret: string } | undefined)?.secret;
  expect(secret).toMatch(/^[\w-]{43}$/);
  for (const { path, init } of browser.http.heard) expect(path + JSON.stringify(init.headers)).not.toContain(secret);
  expect(browser.errors).toEqual([]);
});

test('[L110] a guest whose link was revoked hears that there is nothing for them', async () => {
  const browser = new TestBrowser({ account: null });
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.setNetwork('sync');
  browser.http.on(`POST /api/collections/${home}/photos/pass`, { status: 404, body: {} });

  expect(await cacaw.photo(home, hash, '300')).toEqual({ state: 'lost' });
  expect(browser.http.count(`GET /api/collections/${home}/photos/${hash}`)).toBe(0);
  browser.network.set(false);
  expect(await cacaw.photo(home, hash, '300')).toEqual({ state: 'offline' });
});

test('[L107] what is whole on this device is told apart from what only the relay has, and every tab hears when that changes', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const other = (await browser.open()).cacaw;
  const home = await shared(cacaw);
  const there = 'b'.repeat(64) as BlobHash;
  const ask = `POST /api/collections/${home}/photos/ask`;
  browser.http.on(ask, { status: 503, body: {} });
  browser.http.on(`GET /api/collections/${home}/photos/${there}`, { status: 200, blob: new Blob(['whole']) });
  const heard: (number | undefined)[] = [];
  other.status(home, ({ photos }) => heard.push(photos.heldAt));
  await withPhoto(cacaw, home);
  expect(await other.photosHere(home, [hash, there])).toEqual([{ hash, isStored: false }]);
  browser.http.on(ask, { status: 200, body: { room: null, blobs: [{ hash, state: 'stored' }] } });
  await cacaw.retryPhotos(home);
  await commitAll(browser, await answerAsRelay(browser));

  expect(await other.photosHere(home, [hash, there])).toEqual([{ hash, isStored: true }]);
  await cacaw.photo(home, there, '300');
  expect(await other.photosHere(home, [hash, there])).toEqual([{ hash, isStored: true }]);
  await cacaw.photo(home, there, 'full');
  expect(await other.photosHere(home, [hash, there])).toEqual([
    { hash, isStored: true },
    { hash: there, isStored: true },
  ]);
  const came = heard.at(-1);
  expect(came).toEqual(expect.any(Number));
  await cacaw.freeSpace();
  expect(heard.at(-1)).toBeGreaterThan(came ?? Infinity);
  expect(await other.photosHere(home, [hash, there])).toEqual([]);
});

test('[L108] what the relay turns out not to have is sent once more by a device that has it as it was given, and by no other', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await shared(cacaw);
  const given = createHash('sha256').update('picture').digest('hex') as BlobHash;
  const copy = 'b'.repeat(64) as BlobHash;
  const states = new Map<BlobHash, 'stored' | 'missing'>();
  browser.http.on(`POST /api/collections/${home}/photos/ask`, ({ body }) => {
    const { blobs } = body as { readonly blobs: readonly { readonly hash: BlobHash }[] };
    return {
      status: 200,
      body: { room: null, blobs: blobs.map(({ hash: asked }) => ({ hash: asked, state: states.get(asked) ?? 'stored' })) },
    };
  });
  browser.http.on(
    `PUT /api/collections/${home}/photos/${given}`,
    () => (states.set(given, 'stored'), { status: 201, body: { state: 'stored' } }),
  );
  browser.http.on(`GET /api/collections/${home}/photos/${copy}`, { status: 200, blob: new Blob(['made by the relay']) });
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill', photos: [{ ...draft, hash: given }] }] });
  await commitAll(browser, await answerAsRelay(browser));
  await cacaw.photo(home, copy, 'full');
  for (const one of [given, copy]) browser.http.on(`GET /api/collections/${home}/photos/${one}`, { status: 404, body: {} });
  states.set(given, 'missing').set(copy, 'missing');
  const turned = { turns: 1, crop: null } as const;
  const answers = [];
  for (const one of [given, given, copy]) {
    answers.push((await cacaw.photo(home, one, '300', turned)).state);
    await browser.clock.advance(1_000);
  }

  expect(answers).toEqual(['offline', 'offline', 'lost']);
  expect(states.get(given)).toBe('stored');
  expect(browser.http.count(`PUT /api/collections/${home}/photos/${given}`)).toBe(1);
  expect(browser.http.count(`PUT /api/collections/${home}/photos/${copy}`)).toBe(0);
  expect(browser.errors).toEqual([]);
});

test('[L109] a collection that is on screen and synced shows its covers with no network, also those nobody has scrolled to', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await shared(cacaw);
  const there = 'b'.repeat(64) as BlobHash;
  const stored = [hash, there].map((one) => ({ hash: one, state: 'stored' }));
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: stored } });
  browser.http.on(`GET /api/collections/${home}/photos/${there}`, { status: 200, blob: new Blob(['square']) });
  const item = await withPhoto(cacaw, home);
  const [row] = await cacaw.rows([item]);
  const { collection: _collection, quantity: _quantity, ...copy } = row ?? ({} as never);
  const photos = [{ ...copy.photos[0], hash: there } as (typeof copy.photos)[0]];
  const other = { ...copy, id: 'Other000000001' as ItemId, photos };
  await cacaw.run({ type: 'recreate', collection: home, copies: { items: [other] } });
  await commitAll(browser, await answerAsRelay(browser));
  await browser.clock.advance(8_000);
  expect(browser.http.count(`GET /api/collections/${home}/photos/${there}`)).toBe(0);
  cacaw.present(home, '', '');
  await browser.clock.advance(8_000);
  browser.network.set(false);

  const answer = await cacaw.photo(home, there, '300');
  expect(answer.state === 'here' ? await answer.blob.text() : answer.state).toBe('square');
  expect(browser.http.count(`GET /api/collections/${home}/photos/${there}`)).toBe(1);
  expect(browser.errors).toEqual([]);
});

test('[L130] the room that is left is asked of the relay, and is unknown where that cannot be', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await shared(cacaw);
  browser.http.on(`POST /api/collections/${home}/photos/ask`, ({ body }) => ({
    status: 200,
    body: { room: 2_000_000, blobs: (body as { readonly blobs: readonly unknown[] }).blobs },
  }));

  expect(await cacaw.photoRoom(home)).toBe(2_000_000);
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: [] } });
  expect(await cacaw.photoRoom(home)).toBeNull();
  browser.network.set(false);
  expect(await cacaw.photoRoom(home)).toBeUndefined();
});

test('[L106] a device that is nearly full adds nothing large, lets go of copies, and still deletes', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await shared(cacaw);
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: [{ hash, state: 'missing' }] } });
  browser.http.on(`PUT ${photoRoute(home)}`, { status: 503, body: {} });
  const item = await withPhoto(cacaw, home);
  browser.room = { usage: 96, quota: 100 };

  expect(await cacaw.storage()).toMatchObject({ level: 'blocked', usage: 96, quota: 100, copies: 0, onlyHere: 7, thumbnails: 6 });
  expect(await cacaw.onlyHere()).toMatchObject([{ collection: home, photos: 1 }]);
  await expect(withPhoto(cacaw, home)).rejects.toMatchObject({ code: 'full' });
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Small' }] });
  await cacaw.run({ type: 'removePhotos', collection: home, item, photos: [hash] });
  await cacaw.run({ type: 'undo', collection: home, commands: [] });
  expect(await cacaw.freeSpace()).toBe(0);

  browser.room = { usage: 10, quota: 100 };
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: [{ hash, state: 'stored' }] } });
  await cacaw.run({ type: 'addPhotos', collection: home, item, photos: [draft] });
  await cacaw.retryPhotos(home);
  await browser.clock.advance(1_000);
  expect(await cacaw.freeSpace()).toBe(0);
  await commitAll(browser, await answerAsRelay(browser));
  expect(await cacaw.freeSpace()).toBe(7);
  expect(await cacaw.storage()).toMatchObject({ copies: 0, onlyHere: 0, thumbnails: 6 });
});

test('[L102] what the person chose about metered networks is kept, and told to whoever leads', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  expect(await cacaw.photoSettings()).toEqual({ sendsMetered: false, keepsOriginals: false });
  await cacaw.setPhotoSettings({ sendsMetered: true, keepsOriginals: true });

  expect(await (await browser.open()).cacaw.photoSettings()).toEqual({ sendsMetered: true, keepsOriginals: true });
});
