import { readRows } from '@cacaw/core/device';
import { createBundleWriter } from '@cacaw/core/transfer';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { anna, answerAsRelay, createHome, TestBrowser } from '../../test/browser.ts';
import { answerOf, hashOf, lookBy, photoOf, ScriptedDetector } from '../../test/looks.ts';
import type { Cacaw } from '../cacaw.ts';
import type { Look, Review } from './detection-calls.ts';

/** A browser nobody is signed in at, whose device reads what is written on things. */
function readingBrowser(): { readonly browser: TestBrowser; readonly reader: ScriptedDetector } {
  const browser = new TestBrowser({ account: null });
  const reader = new ScriptedDetector('on-device');
  browser.detectors = { onDevice: () => Promise.resolve(reader) };
  return { browser, reader };
}

async function shoot(cacaw: Cacaw, collection: CollectionId, ...photos: readonly number[]): Promise<ItemId> {
  const drafts = [{ name: 'Shelf photo', photos: photos.map(photoOf), look: lookBy('') }];
  return (await cacaw.run({ type: 'addItems', collection, drafts })).items[0] as ItemId;
}

async function reviewOf(cacaw: Cacaw, collection: CollectionId, item: ItemId): Promise<Review> {
  const review = await cacaw.review(collection, item);
  if (review === null) throw new Error('Nothing is proposed.');
  return review;
}

test('[L127] every tab hears how looks stand, also one that comes later, and that there are none any more', async () => {
  const { browser } = readingBrowser();
  const leader = (await browser.open()).cacaw;
  const home = await createHome(leader);
  const heard: (readonly Look[])[] = [];
  (await browser.open()).cacaw.looks(home, (looks) => heard.push(looks));
  const item = await shoot(leader, home, 1);
  // What looks is fetched first, which no clock of a test hurries.
  await expect.poll(() => browser.clock.advance(1_000).then(() => heard.at(-1)?.[0]?.state)).toBe('ready');

  expect(heard[0]).toEqual([]);
  expect(heard.at(-1)).toMatchObject([{ item, state: 'ready', proposals: 1, source: 'on-device' }]);
  const late: (readonly Look[])[] = [];
  (await browser.open()).cacaw.looks(home, (looks) => late.push(looks));
  await browser.clock.advance(4_000);
  expect(late.at(-1)).toMatchObject([{ item, state: 'ready' }]);

  await leader.run({ type: 'editItem', collection: home, item, change: { look: null } });
  await browser.clock.advance(1_000);
  expect([heard.at(-1), late.at(-1)]).toEqual([[], []]);
  await shoot(leader, home, 2);
  await browser.clock.advance(1_000);
  expect(heard.at(-1)).toHaveLength(1);
  await leader.forget(home);
  await browser.clock.advance(1_000);
  expect(heard.at(-1)).toEqual([]);
  expect(browser.errors).toEqual([]);
});

test('[L122] a review that was interrupted goes on where it was, and is gone once it has ended', async () => {
  const { browser } = readingBrowser();
  const first = await browser.open();
  const home = await createHome(first.cacaw);
  const item = await shoot(first.cacaw, home, 1, 2);
  await browser.clock.advance(1_000);
  const review = await reviewOf(first.cacaw, home, item);
  const lines = review.lines.map((line, at) => (at === 0 ? { ...line, isTicked: false } : { ...line, edited: { name: 'Brass lamp' } }));
  const second = await browser.open();
  await second.cacaw.keepReview(home, { ...review, lines, isOne: true, folderId: '' });
  first.kill();
  await browser.clock.advance(20_000);

  expect(await second.cacaw.review(home, item)).toEqual({ ...review, lines, isOne: true, folderId: '' });
  const looks: (readonly Look[])[] = [];
  second.cacaw.looks(home, (found) => looks.push(found));
  expect(looks.at(-1)).toMatchObject([{ item, state: 'ready', isBegun: true }]);
  await second.cacaw.endReview(home, item);
  await browser.clock.advance(1_000);
  expect(looks.at(-1)?.[0]?.isBegun).toBeUndefined();
  expect((await reviewOf(second.cacaw, home, item)).lines).toEqual(review.lines);

  await second.cacaw.run({ type: 'editItem', collection: home, item, change: { look: null } });
  await second.cacaw.keepReview(home, { ...review, lines });
  expect(await second.cacaw.review(home, item)).toBeNull();
});

test('[L122] what is proposed anew takes over what the person made of the same things, by their place or else by their name', async () => {
  const browser = new TestBrowser({ account: null });
  const box = { x: 0.1, y: 0.1, width: 0.4, height: 0.4 };
  const reader = new ScriptedDetector('on-device');
  reader.things = [{ name: 'Radio', box }, { name: 'Vase' }, { name: 'Mug' }];
  browser.detectors = { onDevice: () => Promise.resolve(reader) };
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const item = await shoot(cacaw, home, 1);
  await browser.clock.advance(1_000);
  const review = await reviewOf(cacaw, home, item);
  const edits = [{ edited: { series: 'Old' } }, { isTicked: false }, { edited: { name: 'My mug' } }];
  await cacaw.keepReview(home, { ...review, lines: review.lines.map((line, at) => ({ ...line, ...edits[at] })) });

  reader.things = [{ name: 'Clock' }, { name: 'VASE' }, { name: 'Sony radio', box: { ...box, x: 0.12 } }];
  await cacaw.lookAgain(home, item, { prompt: 'the brand is Sony' });
  await browser.clock.advance(1_000);

  expect((await reviewOf(cacaw, home, item)).lines.map(({ proposed, isTicked, edited }) => [proposed?.name, isTicked, edited])).toEqual([
    ['Clock', true, {}],
    ['VASE', false, {}],
    ['Sony radio', true, { series: 'Old' }],
  ]);
});

test('[L140] what a person added and drew stays when it is asked again, and is taken over by what is proposed for the same thing', async () => {
  const { browser, reader } = readingBrowser();
  const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
  const drawn = { x: 0.6, y: 0.6, width: 0.3, height: 0.3 };
  reader.things = [{ name: 'Radio', box }];
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const item = await shoot(cacaw, home, 1);
  await browser.clock.advance(1_000);
  const review = await reviewOf(cacaw, home, item);
  const added = ['Vase', 'Clock'].map((name) => ({ photo: hashOf(1), proposed: null, isTicked: true, edited: { name, series: 'Ours' } }));
  const lines = [...review.lines.map((line) => ({ ...line, drawn })), ...added];
  await cacaw.keepReview(home, { ...review, lines });
  expect((await reviewOf(cacaw, home, item)).lines).toEqual(lines);

  // The radio lies where it was drawn by now; the vase is found as well.
  reader.things = [{ name: 'vase' }, { name: 'Sony radio', box: { ...drawn, x: 0.62 } }];
  await cacaw.lookAgain(home, item, { prompt: 'look closer' });
  await browser.clock.advance(1_000);

  expect((await reviewOf(cacaw, home, item)).lines).toMatchObject([
    { proposed: { name: 'vase' }, edited: { name: 'Vase', series: 'Ours' } },
    { proposed: { name: 'Sony radio' }, drawn },
    { proposed: null, edited: { name: 'Clock' } },
  ]);
});

/** A shelf is photographed, and the tab that looks dies at one of the points of its transactions. Resolves with how many there were. */
async function shootAndDie(fatal: number): Promise<number> {
  const { browser, reader } = readingBrowser();
  const [dying, other] = [await browser.open(), await browser.open()];
  const home = await createHome(dying.cacaw);
  const looks: (readonly Look[])[] = [];
  other.cacaw.looks(home, (found) => looks.push(found));
  let point = 0;
  dying.store.faults.pace = () => {
    point += 1;
    if (point === fatal) dying.kill();
    return undefined;
  };
  // Whether it was kept before the tab died is not ours to know.
  shoot(dying.cacaw, home, 1, 2).catch(() => undefined);
  await browser.clock.advance(30_000);

  const rows = [];
  for await (const found of readRows(other.store, home)) rows.push(...found);
  expect(rows.length).toBeLessThanOrEqual(1);
  for (const { id: item } of rows) {
    expect(looks.at(-1)).toMatchObject([{ item, state: 'ready', photos: 2, done: 2, proposals: 2 }]);
    expect((await reviewOf(other.cacaw, home, item)).lines.map(({ photo }) => photo)).toEqual([hashOf(1), hashOf(2)]);
    // At most the two that were under way are asked about again.
    expect(reader.asked.length).toBeLessThanOrEqual(4);
  }
  expect(browser.errors).toEqual([]);
  return point;
}

test('[L123] whenever the tab that looks dies, the next one finishes it: nothing is lost, nothing is saved unreviewed', async () => {
  const points = await shootAndDie(Infinity);
  expect(points).toBeGreaterThan(20);
  for (let fatal = 1; fatal <= points; fatal += 1) await shootAndDie(fatal);
});

const key = 'AIza-secret-of-anna';

test('[L124] the own key is kept on this device and told to the service only: to no tab, in no frame, request, report or export', async () => {
  const browser = new TestBrowser();
  const given: string[] = [];
  const service = new ScriptedDetector('gemini');
  browser.detectors = { ownKey: (own) => (given.push(own), Promise.resolve(service)) };
  const leader = await browser.open();
  const { cacaw } = leader;
  const other = (await browser.open()).cacaw;
  const home = await createHome(cacaw);
  await cacaw.share(home);
  const connection = await answerAsRelay(browser);

  // One of them leads, and is asked by the other.
  await other.setDetectionSettings({ by: 'own-key', key });
  await cacaw.setDetectionSettings({ by: 'own-key', key });
  const item = (
    await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Shelf photo', photos: [photoOf(1)], look: lookBy(anna) }] })
  ).items[0] as ItemId;
  const looks: (readonly Look[])[] = [];
  other.looks(home, (found) => looks.push(found));
  await browser.clock.advance(2_000);

  expect(looks.at(-1)).toMatchObject([{ item, state: 'ready', source: 'gemini' }]);
  expect(given).toEqual([key]);
  expect([await cacaw.detectionSettings(), await other.detectionSettings()]).toEqual(
    Array.from({ length: 2 }, () => ({ by: 'own-key', hasKey: true })),
  );
  const writer = createBundleWriter({ update: () => undefined, digest: () => '' });
  const rows = [];
  for await (const found of readRows(leader.store, home)) rows.push(...found);
  const exported = writer.items(rows);
  const outside = {
    frames: connection.received,
    requests: browser.http.heard.map(({ path, body, init }) => ({ path, body, headers: init.headers })),
    tabs: browser.said,
    told: [looks, await other.review(home, item), await other.onlyHere()],
    errors: browser.errors.map(String),
    exported,
  };
  expect(connection.received.length).toBeGreaterThan(0);
  expect(JSON.stringify(browser.said)).toContain('settingsChanged');
  expect(exported).toContain('Shelf photo');
  expect(
    JSON.stringify(outside, (_, value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value)),
  ).not.toContain(key.slice(0, 8));

  await other.setDetectionSettings({ by: 'own-key' });
  expect(await cacaw.detectionSettings()).toEqual({ by: 'own-key', hasKey: true });
  await other.setDetectionSettings({ by: 'relay', key: null });
  expect(await cacaw.detectionSettings()).toEqual({ by: 'relay', hasKey: false });
  const settings = await leader.store.read(['settings'], (tx) => tx.range('settings', {}));
  expect(JSON.stringify(settings)).not.toContain(key);
});

test('[L111] a photo is asked about as soon as the relay has stored it', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.share(home);
  const route = `POST /api/collections/${home}/photos/ask`;
  browser.http.on(route, { status: 200, body: { room: null, blobs: [{ hash: hashOf(1), state: 'checking', why: 'scanner' }] } });
  browser.http.on('POST /api/detect', { status: 200, body: answerOf(['Lamp']) });
  await answerAsRelay(browser);
  const looks: (readonly Look[])[] = [];
  cacaw.looks(home, (found) => looks.push(found));
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Shelf photo', photos: [photoOf(1)], look: lookBy(anna) }] });
  await browser.clock.advance(5_000);
  expect(looks.at(-1)).toMatchObject([{ state: 'waiting', reason: 'uploading' }]);
  expect(browser.http.count('POST /api/detect')).toBe(0);

  browser.http.on(route, { status: 200, body: { room: null, blobs: [{ hash: hashOf(1), state: 'stored' }] } });
  await browser.clock.advance(11_000);
  expect(looks.at(-1)).toMatchObject([{ state: 'ready', proposals: 1 }]);
  expect(browser.http.count('POST /api/detect')).toBe(1);
});

test('[L111] a photo the relay had already, as that of another item, is asked about as soon as the relay has said so', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.share(home);
  const stored = [1, 2].map((photo) => ({ hash: hashOf(photo), state: 'stored' }));
  browser.http.on(`POST /api/collections/${home}/photos/ask`, { status: 200, body: { room: null, blobs: stored } });
  browser.http.on('POST /api/detect', { status: 200, body: answerOf(['Lamp']) });
  await answerAsRelay(browser);
  const looks: (readonly Look[])[] = [];
  cacaw.looks(home, (found) => looks.push(found));
  const look = lookBy(anna);
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Shelf photo', photos: [photoOf(2)], look }] });
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Bookcase', photos: [photoOf(1)] }] });
  await browser.clock.advance(5_000);
  expect(looks.at(-1)).toMatchObject([{ state: 'ready' }]);

  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Shelf photo: Bookcase', photos: [photoOf(1)], look }] });
  await browser.clock.advance(1_000);

  expect(looks.at(-1)).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
});
