import type { CollectionId, ItemId } from '@cacaw/protocol';
import type { Lesson } from '@cacaw/protocol/detection';
import { check, learningBody, problemOf, sendLessonsBody } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { anna, answerAsRelay, createHome, TestBrowser, type TestTab } from '../../test/browser.ts';
import type { ScriptedAnswer } from '../../test/scripted-http.ts';
import { hashOf, lookBy, photoOf, proposal, ScriptedDetector } from '../../test/looks.ts';
import type { Review } from './detection-calls.ts';
import { latestLessons, lessonsOf } from './lessons.ts';

const hours = 2 * 3_600_000;

/** A browser with an account and a collection that learns, on its way to a relay that takes lessons. */
async function learning({ learns = true, isLinked = true }: { readonly learns?: boolean; readonly isLinked?: boolean } = {}) {
  const browser = new TestBrowser();
  const reader = new ScriptedDetector('on-device');
  reader.things = ['Lamp', 'Vase', 'Mug'].map((name) => ({ name, description: `a ${name}` }));
  browser.detectors = { onDevice: () => Promise.resolve(reader) };
  const tab = await browser.open();
  const { cacaw } = tab;
  const home = await createHome(cacaw);
  await cacaw.share(home);
  if (learns) await cacaw.run({ type: 'editCollection', collection: home, change: { learns: true } });
  await cacaw.setDetectionSettings({ by: 'device' });
  const route = `POST /api/collections/${home}/lessons`;
  const sent: (readonly Lesson[])[] = [];
  const take = (answer: (lessons: readonly Lesson[]) => ScriptedAnswer): void =>
    void browser.http.on(route, ({ body }) => {
      const read = check(sendLessonsBody, body);
      if (!read.ok) throw new Error(read.mistakes.join('; '));
      sent.push(read.value.lessons);
      return answer(read.value.lessons);
    });
  take((lessons) => ({ status: 200, body: { taken: lessons.length } }));
  const told: boolean[] = [];
  const hear = (answer: (isOn: boolean) => ScriptedAnswer): void =>
    void browser.http.on(`PUT /api/collections/${home}/learning`, ({ body }) => {
      const read = check(learningBody, body);
      if (!read.ok) throw new Error(read.mistakes.join('; '));
      told.push(read.value.isOn);
      return answer(read.value.isOn);
    });
  hear((isOn) => ({ status: 200, body: { isOn, lessons: 0 } }));
  browser.http.on(`GET /api/collections/${home}/learning`, () => ({ status: 200, body: { isOn: told.at(-1) === true, lessons: 0 } }));
  if (isLinked) await answerAsRelay(browser, 'owner');
  return { browser, tab, cacaw, home, sent, take, told, hear };
}

/** Photographs a shelf and goes through what is proposed: the first is renamed, the second left, the third taken as it is. */
async function reviewed({ cacaw, home, browser }: Awaited<ReturnType<typeof learning>>, photo = 1): Promise<Review> {
  const drafts = [{ name: 'Shelf photo', photos: [photoOf(photo)], look: lookBy('') }];
  const item = (await cacaw.run({ type: 'addItems', collection: home, drafts })).items[0] as ItemId;
  await browser.clock.advance(1_000);
  const review = await cacaw.review(home, item);
  if (review === null) throw new Error('Nothing is proposed.');
  const made = [{ edited: { name: 'Brass lamp', tags: ['brass'] } }, { isTicked: false }, {}];
  return { ...review, lines: review.lines.map((line, at) => ({ ...line, ...made[at] })) };
}

const kept = ({ store }: TestTab, home: CollectionId): Promise<readonly Lesson[]> => latestLessons(store, home, 1_000);

test('[L125] what is decided by saving a review is sent to a relay of a collection that learns: taken, changed or left', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser, tab } = scene;
  const review = await reviewed(scene);
  await cacaw.keepReview(home, review);
  await cacaw.endReview(home, review.item, review);
  await browser.clock.advance(1_000);

  expect(sent).toMatchObject([
    [
      { outcome: 'changed', proposed: { name: 'Lamp' }, final: { name: 'Brass lamp', description: 'a Lamp', tags: ['brass'] } },
      { outcome: 'rejected', proposed: { name: 'Vase' }, final: null },
      { outcome: 'accepted', proposed: { name: 'Mug' }, final: { name: 'Mug' } },
    ],
  ]);
  expect(sent[0]?.[0]).toMatchObject({ photo: hashOf(1), collectionType: 'home', source: 'on-device', model: 'on-device-1' });
  // The same again, as a tab that heard no answer does, or after an undo.
  await cacaw.endReview(home, review.item, review);
  await browser.clock.advance(60_000);
  expect(sent.length).toBe(1);
  expect((await kept(tab, home)).length).toBe(3);
  expect(new Set(sent[0]?.map(({ id }) => id)).size).toBe(3);
});

test('[L125] whoever saves none of what is proposed has rejected all of it; what they decide after taking that back counts instead, or beside it', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser, tab } = scene;
  const review = await reviewed(scene);
  const none: Review = { ...review, lines: review.lines.map((line) => ({ ...line, isTicked: false })) };
  const outcomes = async (): Promise<readonly string[]> => (await kept(tab, home)).map(({ outcome }) => outcome).sort();
  browser.network.set(false);
  await cacaw.endReview(home, review.item, none);
  expect(await outcomes()).toEqual(['rejected', 'rejected', 'rejected']);
  await browser.clock.advance(10);
  await cacaw.endReview(home, review.item, review);
  expect(await outcomes()).toEqual(['accepted', 'changed', 'rejected']);

  browser.network.set(true);
  await browser.clock.advance(60_000);
  await cacaw.endReview(home, review.item, none);
  await browser.clock.advance(60_000);
  await cacaw.endReview(home, review.item, none);
  await browser.clock.advance(60_000);
  expect(sent.map((lessons) => lessons.map(({ outcome }) => outcome).sort())).toEqual([
    ['accepted', 'changed', 'rejected'],
    ['rejected', 'rejected', 'rejected'],
  ]);
  expect(new Set(sent.flat().map(({ id }) => id)).size).toBe(6);
});

test('[L125] what a person added and saved was missed by whoever looked; what they took back, or wrote of the one thing, was not', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser } = scene;
  const review = await reviewed(scene);
  const [lamp] = review.lines;
  const added = (name: string, isTicked: boolean) => ({ photo: hashOf(1), proposed: null, isTicked, edited: { name, tags: ['tin'] } });
  const decided: Review = { ...review, lines: [...review.lines, added('Toy train', true), added('Shadow', false)] };
  await cacaw.endReview(home, review.item, decided);
  await browser.clock.advance(1_000);

  expect(sent[0]?.map(({ outcome }) => outcome)).toEqual(['changed', 'rejected', 'accepted', 'missed']);
  expect(sent[0]?.[3]).toMatchObject({ proposed: null, final: { name: 'Toy train', tags: ['tin'], currency: '' }, source: 'on-device' });
  const facts = { collectionType: 'home', nowMs: 0 };
  const outcomes = (one: Review): readonly string[] => lessonsOf(one, facts).map(({ outcome }) => outcome);
  expect(outcomes({ ...decided, isOne: true })).toEqual(['changed', 'rejected', 'accepted']);
  expect(lamp && outcomes({ ...decided, isOne: true, lines: [{ ...lamp, isTicked: false }, added('Toy train', true)] })).toEqual([
    'rejected',
    'missed',
  ]);
});

test('[L125] where a person drew what was saved goes along, of what was proposed as of what was missed; another drawing is another decision', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser } = scene;
  const review = await reviewed(scene);
  // As a turned photo leaves it: a hair outside of the picture.
  const drawn = { x: -1e-17, y: 0.25, width: 0.5, height: 0.75 + 1e-16 };
  const train = { photo: hashOf(1), proposed: null, isTicked: true, edited: { name: 'Toy train' }, drawn };
  const decided: Review = { ...review, lines: [...review.lines.map((line, at) => (at === 2 ? line : { ...line, drawn })), train] };
  await cacaw.endReview(home, review.item, decided);
  await browser.clock.advance(1_000);

  const box = { x: 0, y: 0.25, width: 0.5, height: 0.75 };
  expect(sent[0]?.map((lesson) => [lesson.outcome, lesson.drawn])).toEqual([
    ['changed', box],
    ['rejected', undefined],
    ['accepted', undefined],
    ['missed', box],
  ]);
  await cacaw.endReview(home, review.item, decided);
  await browser.clock.advance(60_000);
  expect(sent.length).toBe(1);
  await cacaw.endReview(home, review.item, { ...decided, lines: decided.lines.map((line) => ({ ...line, drawn: undefined })) });
  await browser.clock.advance(60_000);
  expect([sent.length, sent[1]?.some((lesson) => 'drawn' in lesson)]).toEqual([2, false]);
});

test('[L126] a relay that knows no drawn boxes has the lessons without them, each once', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser, take } = scene;
  take((lessons) =>
    lessons.some((lesson) => 'drawn' in lesson)
      ? { status: 400, body: problemOf('malformed', 'lessons.0.drawn is not known') }
      : { status: 200, body: { taken: lessons.length } },
  );
  const review = await reviewed(scene);
  const [lamp, ...others] = review.lines;
  const drawn = { x: 0, y: 0, width: 0.5, height: 0.5 };
  await cacaw.endReview(home, review.item, { ...review, lines: lamp ? [{ ...lamp, drawn }, ...others] : [] });
  await browser.clock.advance(hours);

  expect(sent.length).toBe(2);
  expect(sent[0]?.[0]).toEqual({ ...sent[1]?.[0], drawn });
  expect(sent[1]?.slice(1)).toEqual(sent[0]?.slice(1));
  expect(browser.errors).toEqual([]);
});

test('[L125] nothing is learned where the owner has not said so, of what nobody decided about, or after it was forbidden', async () => {
  const shy = await learning({ learns: false });
  const left = await reviewed(shy);
  await shy.cacaw.endReview(shy.home, left.item, left);
  const scene = await learning({ isLinked: false });
  const { cacaw, home, sent, browser, tab } = scene;
  const review = await reviewed(scene);
  await cacaw.endReview(home, review.item);
  await browser.clock.advance(1_000);
  expect([await kept(shy.tab, shy.home), await kept(tab, home)]).toEqual([[], []]);

  browser.network.set(false);
  await cacaw.endReview(home, review.item, review);
  expect((await kept(tab, home)).length).toBe(3);
  await cacaw.run({ type: 'editCollection', collection: home, change: { learns: false } });
  browser.network.set(true);
  await browser.clock.advance(60_000);
  expect(await kept(tab, home)).toEqual([]);
  expect([...sent, ...shy.sent]).toEqual([]);

  await cacaw.run({ type: 'editCollection', collection: home, change: { learns: true } });
  await cacaw.endReview(home, review.item, review);
  await browser.clock.advance(1_000);
  expect([sent.length, (await kept(tab, home)).length]).toEqual([1, 3]);
  await cacaw.run({ type: 'editCollection', collection: home, change: { learns: false } });
  await browser.clock.advance(1_000);
  expect(await kept(tab, home)).toEqual([]);
});

test('[L126] lessons wait for a network and are sent again until the relay has them; what it will never take is given up', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser, take } = scene;
  const review = await reviewed(scene);
  browser.network.set(false);
  await cacaw.endReview(home, review.item, review);
  await browser.clock.advance(60_000);
  expect(sent).toEqual([]);

  take(() => 'nothing');
  browser.network.set(true);
  await answerAsRelay(browser);
  expect(sent.length).toBeGreaterThan(0);
  take(() => ({ status: 429, body: problemOf('rate-limit', 'slower'), headers: { 'retry-after': '3000' } }));
  await browser.clock.advance(700_000);
  let before = sent.length;
  await browser.clock.advance(2_000_000);
  expect(sent.length).toBe(before);
  take(() => ({ status: 404, body: problemOf('unknown', 'no such route') }));
  await browser.clock.advance(1_000_000);
  expect(sent.length).toBe(before + 1);
  take((lessons) => ({ status: 200, body: { taken: lessons.length } }));
  await browser.clock.advance(3_700_000);
  expect(sent.length).toBe(before + 2);
  await browser.clock.advance(hours);
  expect(sent.length).toBe(before + 2);

  before = sent.length;
  take(() => ({ status: 400, body: problemOf('malformed', 'not like this') }));
  const other = await reviewed(scene, 2);
  await cacaw.endReview(home, other.item, other);
  await browser.clock.advance(hours);
  expect(sent.length).toBe(before + 1);
  expect(browser.errors).toEqual([]);
});

test('[L126] many lessons go in pieces, and a device keeps the latest fifty of those it has sent', async () => {
  const scene = await learning();
  const { cacaw, home, sent, browser, tab } = scene;
  const review = await reviewed(scene);
  const lines = Array.from({ length: 150 }, (_, at) => ({ ...review.lines[0], edited: { name: `Thing ${at}` } })) as Review['lines'];
  await cacaw.endReview(home, review.item, { ...review, lines });
  await browser.clock.advance(60_000);

  expect(sent.map(({ length }) => length)).toEqual([60, 60, 30]);
  expect(new Set(sent.flat().map(({ id }) => id)).size).toBe(150);
  expect((await kept(tab, home)).length).toBe(50);
});

test('[L125] what a person wrote is a lesson the relay takes, whatever it is', () => {
  const edited = {
    description: 'two\nlines \u202E',
    estimatedValue: 1e12,
    barcodes: ['https://x.test', '123'],
    tags: Array.from({ length: 30 }, String),
  };
  const review: Review = {
    item: 'aaaaaaaaaaaaaa' as ItemId,
    lines: [{ photo: hashOf(1), proposed: proposal('Lamp'), isTicked: true, edited }],
    isOne: false,
    folderId: '',
    source: 'gemini',
    model: 'tesseract.js 7 (deu)',
    promptVersion: '',
    isCached: false,
    budget: null,
    of: 'abc-1',
  };

  const lessons = lessonsOf(review, { collectionType: 'my\n\u202Ebooks', nowMs: 0 });

  expect(check(sendLessonsBody, { lessons })).toMatchObject({
    ok: true,
    value: { lessons: [{ outcome: 'changed', final: { name: 'Lamp' } }] },
  });
});

test('[L129] a service asked by the own key is given what was corrected in this collection, and the relay nothing of it', async () => {
  const scene = await learning();
  const { cacaw, home, browser } = scene;
  const service = new ScriptedDetector('gemini');
  browser.detectors = { ownKey: () => Promise.resolve(service) };
  const review = await reviewed(scene);
  await cacaw.endReview(home, review.item, review);
  await browser.clock.advance(1_000);
  // Another tab, whose detectors are others.
  scene.tab.kill();
  const other = (await browser.open()).cacaw;
  await other.setDetectionSettings({ by: 'own-key', key: 'k' });
  await other.run({ type: 'addItems', collection: home, drafts: [{ name: 'Shelf photo', photos: [photoOf(2)], look: lookBy(anna) }] });
  await browser.clock.advance(20_000);

  expect(service.asked).toMatchObject([
    { hints: { corrections: [{ was: { name: 'Lamp' }, became: { name: 'Brass lamp', tags: 'brass' } }] } },
  ]);
  expect(browser.http.heard.filter(({ path }) => path === '/api/detect')).toEqual([]);
});

test('[L131] the relay is told what the owner says of learning: once, before any lesson, and again when it changes', async () => {
  const { browser, cacaw, home, told } = await learning();
  await browser.clock.advance(60_000);
  expect(told).toEqual([true]);

  browser.network.set(false);
  await cacaw.run({ type: 'editCollection', collection: home, change: { learns: false } });
  await browser.clock.advance(60_000);
  expect(told).toEqual([true]);
  await answerAsRelay(browser, 'owner');
  await browser.clock.advance(1_000);
  expect(told).toEqual([true, false]);

  await cacaw.run({ type: 'editCollection', collection: home, change: { name: 'Attic' } });
  await browser.clock.advance(60_000);
  expect(told).toEqual([true, false]);
});

test('[L131] a relay that did not hear it is told until it has, also by the next tab; a collection that never learned is no matter of it', async () => {
  const scene = await learning({ isLinked: false });
  scene.hear(() => 'nothing');
  await answerAsRelay(scene.browser, 'owner');
  await scene.browser.clock.advance(30_000);
  expect(scene.told.length).toBeGreaterThan(1);

  scene.tab.kill();
  scene.hear((isOn) => ({ status: 200, body: { isOn, lessons: 0 } }));
  const before = scene.told.length;
  await scene.browser.open();
  await answerAsRelay(scene.browser, 'owner');
  await scene.browser.clock.advance(30_000);
  expect(scene.told.slice(before)).toEqual([true]);

  const shy = await learning({ learns: false });
  await shy.browser.clock.advance(60_000);
  expect(shy.told).toEqual([]);
});

test('[L131] a relay that was restored and says otherwise is told anew by the next tab, and asked by each no more than once', async () => {
  const { browser, cacaw, home, tab, told } = await learning();
  await cacaw.run({ type: 'editCollection', collection: home, change: { learns: false } });
  await browser.clock.advance(1_000);
  expect(told).toEqual([true, false]);
  // From a backup of when it was on.
  let isOn = true;
  const route = `GET /api/collections/${home}/learning`;
  browser.http.on(route, () => ({ status: 200, body: { isOn, lessons: 5 } }));

  tab.kill();
  const next = await browser.open();
  await answerAsRelay(browser, 'owner');
  await browser.clock.advance(10_000);
  expect([told, browser.http.count(route)]).toEqual([[true, false, false], 1]);

  isOn = false;
  await next.cacaw.run({ type: 'editCollection', collection: home, change: { name: 'Attic' } });
  await browser.clock.advance(60_000);
  expect([told.length, browser.http.count(route)]).toEqual([3, 1]);
});
