import { below } from '@cacaw/core/device';
import { type AccountId } from '@cacaw/protocol';
import { problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { tokenFor } from '../../test/account-token.ts';
import { anna } from '../../test/browser.ts';
import { answerOf, budget, hashOf, lookBy } from '../../test/looks.ts';
import { type ScriptedAnswer } from '../../test/scripted-http.ts';
import { Scene, withHome } from '../../test/look-scene.ts';
import { writeDetectionSettings } from './settings.ts';

test('[L127] each photo of a look is asked about once, by its hash, when the relay has it; then there are proposals to go through', async () => {
  const scene = new Scene();
  const { shoot, stored, review, collection } = await withHome(scene);
  const item = await shoot(1, 2, 3);
  expect(await scene.settle()).toEqual(['waiting uploading']);
  expect(scene.asked).toEqual([]);

  await stored(1);
  expect(await scene.settle()).toEqual(['waiting uploading']);
  await stored(2, 3);
  expect(await scene.settle()).toEqual(['ready gemini']);

  const hints = { collectionType: 'books', language: 'de-CH', currency: 'CHF', collection };
  expect(scene.asked).toEqual([1, 2, 3].map((n) => ({ ...hints, photo: hashOf(n) })));
  expect(scene.looks).toEqual([{ item, isMine: true, photos: 3, done: 3, state: 'ready', proposals: 3, source: 'gemini' }]);
  expect(await review(item)).toMatchObject({
    lines: [1, 2, 3].map((n) => ({ photo: hashOf(n), proposed: { name: `Thing ${n}` }, isTicked: true, edited: {} })),
    isOne: false,
    source: 'gemini',
    model: 'gemini-x',
    budget,
  });
  expect(scene.errors).toEqual([]);
});

test('[L127] two are asked about at a time', async () => {
  const scene = new Scene();
  scene.account = null;
  scene.onDevice.isSlow = true;
  await (await withHome(scene)).shoot(1, 2, 3);
  expect(await scene.settle()).toEqual(['looking']);

  expect(scene.onDevice.asked.length).toBe(2);
});

test('[L111] what is in the way is said by name, and looking goes on by itself once it has passed', async () => {
  const scene = new Scene();
  const { shoot, stored, office } = await withHome(scene);
  scene.network.set(false);
  await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['waiting offline']);
  scene.token = undefined;
  scene.network.set(true);
  expect(await scene.settle()).toEqual(['waiting signed-out']);
  scene.token = tokenFor(anna);
  scene.onAsk = () => ({ status: 429, body: problemOf('rate-limit', 'slower'), headers: { 'retry-after': '90' } });
  office.wake();
  expect(await scene.settle()).toEqual(['waiting limit']);
  expect(scene.looks[0]?.retryAt).toBeGreaterThan(scene.clock.now());
  const asked = scene.asked.length;
  scene.onAsk = () => ({ status: 429, body: { ...problemOf('limit-reached', 'all spent') } });
  office.wake();
  expect(await scene.settle(80_000)).toEqual(['waiting limit']);
  expect(scene.asked.length).toBe(asked);
  expect(await scene.settle(10_000)).toEqual(['waiting budget']);
  scene.onAsk = () => ({ status: 404, body: problemOf('detection-off', 'none here') });
  expect(await scene.settle(3_600_000)).toEqual(['waiting off']);
  scene.onAsk = () => ({ status: 409, body: problemOf('photo-not-stored', 'not yet') });
  office.wake();
  expect(await scene.settle()).toEqual(['waiting uploading']);
  scene.onAsk = () => 'nothing';
  expect(await scene.settle(10_000)).toEqual(['waiting offline']);
  scene.onAsk = () => undefined;
  expect(await scene.settle(120_000)).toEqual(['ready gemini']);
  expect(scene.errors).toEqual([]);
});

const failures: readonly (readonly [what: string, answer: ScriptedAnswer, code: string, isTriedAgain: boolean])[] = [
  ['a picture the service will not look at', { status: 422, body: problemOf('detection-blocked', 'no') }, 'detection-blocked', false],
  ['a picture that cannot be read', { status: 422, body: problemOf('picture-refused', 'no') }, 'picture-refused', false],
  ['an answer that is none', { status: 502, body: problemOf('detection-unreadable', 'no') }, 'detection-unreadable', false],
  ['a service that is away', { status: 503, body: problemOf('detection-unavailable', 'no') }, 'detection-unavailable', true],
  ['a relay that stumbles', { status: 500, body: problemOf('internal', 'no') }, 'detection-unavailable', true],
  ['a collection that is not ours any more', { status: 403, body: problemOf('forbidden', 'no') }, 'forbidden', false],
  ['a question the relay refuses', { status: 400, body: problemOf('malformed', 'no') }, 'internal', false],
  ['an answer of another shape', { status: 200, body: { items: 'many' } }, 'internal', false],
];

test.each(failures)('[L112] %s fails that photo alone, and only it is tried again', async (_, answer, code, isTriedAgain) => {
  const scene = new Scene();
  const { shoot, stored, office, collection, review } = await withHome(scene);
  scene.onAsk = ({ body }) => ((body as { photo: string }).photo === hashOf(2) ? answer : undefined);
  const item = await shoot(1, 2);
  await stored(1, 2);
  expect(await scene.settle()).toEqual([`failed ${code}`]);
  expect(scene.looks).toMatchObject([{ photos: 2, done: 1, proposals: 1 }]);
  expect(scene.looks[0]?.retryAt !== undefined).toBe(isTriedAgain);
  expect((await review(item))?.lines.length).toBe(1);
  if (!isTriedAgain) expect(await scene.settle(3_600_000)).toEqual([`failed ${code}`]);
  const asked = scene.asked.length;

  scene.onAsk = () => undefined;
  if (isTriedAgain) await scene.settle(30_000);
  else await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.asked.slice(asked).map(({ photo }) => photo)).toEqual([hashOf(2)]);
});

test('[L112] what may pass is tried again a few times, when it was said to be worth it, and then by a person', async () => {
  const scene = new Scene();
  const { shoot, stored } = await withHome(scene);
  scene.onAsk = () => ({ status: 503, body: problemOf('detection-unavailable', 'no'), headers: { 'retry-after': '5' } });
  await shoot(1);
  await stored(1);
  await scene.settle(4_000);
  expect(scene.asked.length).toBe(1);
  await scene.settle(600_000);

  expect(scene.asked.length).toBe(6);
  expect(scene.states).toEqual(['failed detection-unavailable']);
  expect(scene.looks[0]?.retryAt).toBeUndefined();
});

test('[L113] a photo the relay will never take, or that nobody has, is said to be so', async () => {
  const scene = new Scene();
  const { shoot, device, collection, office } = await withHome(scene);
  await shoot(1);
  const key = `upload/${collection}/${hashOf(1)}`;
  const mark = async (state: string): Promise<readonly string[]> => {
    await device.write(async (tx) => {
      const row = await tx.get('settings', key);
      tx.put('settings', { key, value: { ...(row?.value as object), state } });
    });
    office.wake();
    return scene.settle();
  };
  expect(await mark('refused')).toEqual(['failed photo-refused']);
  expect(await mark('lost')).toEqual(['failed photo-lost']);
  expect(scene.asked).toEqual([]);
});

test('[L114] a look that is ended, put in the trash, or left by its photo is asked about no more; what was under way is aborted', async () => {
  const scene = new Scene();
  const { shoot, device, collection, office } = await withHome(scene);
  await writeDetectionSettings(device.store, { by: 'device' });
  await office.settingsChanged();
  scene.onDevice.isSlow = true;
  const [one, other, third] = [await shoot(1), await shoot(2), await shoot(3)];
  await scene.settle();
  expect(scene.onDevice.asked.map(({ text }) => text)).toEqual(['picture 1', 'picture 2']);
  await device.run({ type: 'editItem', collection, item: one, change: { look: null } });
  await device.run({ type: 'trash', collection, items: [other], folders: [] });
  await device.run({ type: 'removePhotos', collection, item: third, photos: [hashOf(3)] });
  expect(await scene.settle()).toEqual(['waiting']);

  expect(scene.onDevice.asked.map(({ text, signal }) => [text, signal.aborted])).toEqual([1, 2, 3].map((n) => [`picture ${n}`, true]));
  scene.onDevice.isSlow = false;
  await device.run({ type: 'restore', collection, items: [other], folders: [] });
  expect(await scene.settle()).toEqual(['ready on-device', 'waiting']);
});

test('[L115] other words are another question: asked at once, and the old one is answered to nobody', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection, device, review } = await withHome(scene);
  const item = await shoot(1);
  await stored(1);
  await scene.settle();

  await office.lookAgain(collection, item, { prompt: ' by\n\u202ESony ' });
  expect(await scene.settle()).toEqual(['ready gemini']);

  expect(scene.asked.map(({ prompt }) => prompt)).toEqual([undefined, 'by Sony']);
  expect((await review(item))?.lines.map(({ proposed }) => proposed?.name)).toEqual(['Thing 1by Sony']);
  // Somebody else, or another device, may have said so as well.
  await device.run({ type: 'editItem', collection, item, change: { look: lookBy(anna, 'by JVC') } });
  await scene.settle();
  expect((await review(item))?.lines.map(({ proposed }) => proposed?.name)).toEqual(['Thing 1by JVC']);
});

test('[L116] somebody else’s look is only offered, until this device is told to look', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection, device } = await withHome(scene);
  const item = await shoot(1);
  await device.run({ type: 'editItem', collection, item, change: { look: lookBy('B'.repeat(22) as AccountId) } });
  await stored(1);
  await scene.settle(60_000);
  expect(scene.looks).toMatchObject([{ item, isMine: false, state: 'waiting' }]);
  expect(scene.asked).toEqual([]);

  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.looks).toMatchObject([{ isMine: true }]);
});

test('[L117] where no relay can be asked the device reads by itself; with one, only where the person says so, for that look', async () => {
  const guest = new Scene();
  guest.account = null;
  const home = await withHome(guest);
  await home.shoot(1);
  expect(await guest.settle()).toEqual(['ready on-device']);
  expect(guest.onDevice.asked).toMatchObject([
    { text: 'picture 1', picture: { mediaType: 'image/webp' }, hints: { collectionType: 'books' } },
  ]);

  const poor = new Scene();
  [poor.account, poor.hasReader] = [null, false];
  await (await withHome(poor)).shoot(1);
  expect(await poor.settle()).toEqual(['waiting signed-out']);

  const scene = new Scene();
  const { shoot, office, collection } = await withHome(scene);
  scene.network.set(false);
  const [item] = [await shoot(1), await shoot(2)];
  expect(await scene.settle()).toEqual(['waiting offline', 'waiting offline']);
  await office.lookAgain(collection, item, { by: 'device' });
  expect(await scene.settle()).toEqual(['ready on-device', 'waiting offline']);
  expect(scene.http.heard.filter(({ path }) => path.startsWith('/api/detect'))).toEqual([]);
});

test('[L117] photos that are not on this device keep no other from being read', async () => {
  const scene = new Scene();
  scene.account = null;
  scene.elsewhere.set(hashOf(1), { state: 'offline' }).set(hashOf(2), { state: 'offline' }).set(hashOf(4), { state: 'lost' });
  const { shoot } = await withHome(scene);
  for (const photo of [1, 2, 3, 4]) await shoot(photo);
  expect(await scene.settle(100)).toEqual(['waiting offline', 'waiting offline', 'ready on-device', 'failed photo-lost']);
  scene.elsewhere.clear();
  expect(await scene.settle(20_000)).toEqual(['ready on-device', 'ready on-device', 'ready on-device', 'failed photo-lost']);
});

test('[L118] a service is asked by the own key and by nothing else; a key it refuses is tried no more until there is another', async () => {
  const scene = new Scene();
  const { shoot, office, device } = await withHome(scene);
  const choose = async (settings: Parameters<typeof writeDetectionSettings>[1]): Promise<readonly string[]> => {
    await writeDetectionSettings(device.store, settings);
    await office.settingsChanged();
    return scene.settle();
  };
  await choose({ by: 'own-key' });
  await shoot(1);
  expect(await scene.settle()).toEqual(['waiting off']);
  scene.ownKey.failure = 'setup';
  expect(await choose({ by: 'own-key', key: 'wrong' })).toEqual(['failed key-refused']);
  await scene.settle(3_600_000);
  expect(scene.ownKey.asked.length).toBe(1);
  scene.ownKey.failure = 'busy';
  scene.ownKey.retryAfterMs = 20_000;
  expect(await choose({ by: 'own-key', key: ' right ' })).toEqual(['waiting limit']);
  scene.ownKey.failure = undefined;
  expect(await scene.settle(20_000)).toEqual(['ready gemini']);

  expect(scene.keys).toEqual(['wrong', 'right']);
  expect(scene.asked).toEqual([]);
  expect(await choose({ by: 'relay' })).toEqual(['ready gemini']);
  await shoot(2);
  scene.network.set(false);
  expect(await choose({ by: 'own-key' })).toEqual(['ready gemini', 'waiting offline']);
});

test('[L122] what a service found stays while asking it again with more words fails, is only read, and until it answers', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection, review } = await withHome(scene);
  const names = async (of: typeof item): Promise<unknown> => (await review(of))?.lines.map(({ proposed }) => proposed?.name);
  const item = await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(await names(item)).toEqual(['Thing 1']);

  scene.onAsk = () => ({ status: 422, body: problemOf('detection-blocked', 'no') });
  await office.lookAgain(collection, item, { prompt: 'a Sony' });
  expect(await scene.settle()).toEqual(['failed detection-blocked']);
  expect(await names(item)).toEqual(['Thing 1']);
  scene.onAsk = () => ({ status: 200, body: answerOf([], { source: 'on-device', missed: { code: 'detection-unavailable' } }) });
  await office.lookAgain(collection, item, { prompt: 'by Sony' });
  expect(await scene.settle()).toEqual(['ready on-device']);
  expect(await names(item)).toEqual(['Thing 1']);
  expect(scene.looks).toMatchObject([{ isBegun: true, isLesser: true, isKept: true }]);
  scene.onAsk = () => ({ status: 200, body: answerOf(['Sony radio']) });
  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.looks[0]?.isKept).toBeUndefined();
  expect(await names(item)).toEqual(['Sony radio']);
});

test('[L119] an answer that the relay only read stands until it is asked for a better one, and while there is none', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection, review } = await withHome(scene);
  const lesser = answerOf(['Read'], { source: 'on-device', missed: { code: 'detection-unavailable' } });
  scene.onAsk = () => ({ status: 200, body: lesser });
  const item = await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['ready on-device']);
  expect(scene.looks).toMatchObject([{ isLesser: true }]);

  scene.onAsk = () => ({ status: 503, body: problemOf('detection-unavailable', 'no') });
  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready on-device']);
  expect((await review(item))?.lines).toMatchObject([{ proposed: { name: 'Read' } }]);
  scene.onAsk = () => undefined;
  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.looks[0]?.isLesser).toBeUndefined();
  const asked = scene.asked.length;
  await office.lookAgain(collection, item, {});
  await scene.settle();
  expect(scene.asked.length).toBe(asked);
});

test('[L139] where nothing was read in place of a service that says when it is back, it is asked again then, a few times', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection, review } = await withHome(scene);
  const busy = { code: 'detection-unavailable', retryAfterMs: 20_000 } as const;
  scene.onAsk = () => ({ status: 200, body: answerOf([], { source: 'on-device', missed: busy }) });
  const item = await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['failed detection-unavailable']);
  expect(scene.looks[0]?.retryAt).toBeGreaterThan(scene.clock.now() + 18_000);
  await scene.settle(17_000);
  expect(scene.asked.length).toBe(1);
  await scene.settle(600_000);
  expect(scene.asked.length).toBe(6);
  expect(scene.looks[0]?.retryAt).toBeUndefined();

  // What was read is better than nothing, and stays also when nothing was read the next time.
  scene.onAsk = () => ({ status: 200, body: answerOf(['Read'], { source: 'on-device', missed: busy }) });
  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['ready on-device']);
  scene.onAsk = () => ({ status: 200, body: answerOf([], { source: 'on-device', missed: busy }) });
  await office.lookAgain(collection, item, {});
  expect(await scene.settle(60_000)).toEqual(['ready on-device']);
  expect((await review(item))?.lines.map(({ proposed }) => proposed?.name)).toEqual(['Read']);
});

test('[L139] nothing read while nobody knew when the service is back does not keep it from being asked again once that is known', async () => {
  const scene = new Scene();
  const { shoot, stored, office, collection } = await withHome(scene);
  const missed = { code: 'detection-unavailable' } as const;
  scene.onAsk = () => ({ status: 200, body: answerOf([], { source: 'on-device', missed }) });
  const item = await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['ready on-device']);
  scene.onAsk = () => ({ status: 200, body: answerOf([], { source: 'on-device', missed: { ...missed, retryAfterMs: 20_000 } }) });
  await office.lookAgain(collection, item, {});
  expect(await scene.settle()).toEqual(['failed detection-unavailable']);
  scene.onAsk = () => undefined;
  expect(await scene.settle(20_000)).toEqual(['ready gemini']);
});

test('[L120] what was answered is not asked again after a restart, what was not is; and what nobody looks at any more is forgotten in time', async () => {
  const scene = new Scene();
  const { shoot, stored, office, device, collection, store } = await withHome(scene);
  const item = await shoot(1, 2);
  await stored(1);
  await scene.settle();
  await office[Symbol.asyncDispose]();
  await device[Symbol.asyncDispose]();
  await store.write(['settings'], async (tx) => tx.delete('settings', `upload/${collection}/${hashOf(2)}`), { durability: 'strict' });
  const again = await scene.open();
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.asked.map(({ photo }) => photo)).toEqual([hashOf(1), hashOf(2)]);

  const kept = (): Promise<readonly string[]> =>
    again.store.read(['settings'], async (tx) =>
      (await tx.range('settings', {})).flatMap(({ key }) => (/^(look|looked|review)\//.test(key) ? [key.split('/')[0] ?? ''] : [])),
    );
  expect(await kept()).toEqual(['look', 'looked']);
  await again.device.run({ type: 'editItem', collection, item, change: { look: null } });
  await scene.settle();
  expect(await kept()).toEqual(['looked']);
  await again.office[Symbol.asyncDispose]();
  await again.device[Symbol.asyncDispose]();
  await scene.clock.advance(31 * 24 * 3_600_000);
  const last = await scene.open();
  expect(await last.store.read(['settings'], (tx) => tx.count('settings', below('looked')))).toBe(0);
});

test('[L121] the budget of the month is the relay’s to say', async () => {
  const scene = new Scene();
  const { office } = await withHome(scene);
  expect(await office.budget()).toEqual(budget);
  scene.http.on('GET /api/detect/budget', { status: 404, body: problemOf('detection-off', 'none') });
  expect(await office.budget()).toBeNull();
  const guest = new Scene();
  guest.account = null;
  expect(await (await withHome(guest)).office.budget()).toBeNull();
});
