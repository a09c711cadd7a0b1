import { createMemoryStore, openDevice } from '@cacaw/core/device';
import { createDevicePhotos } from '@cacaw/core/planner';
import { newCollectionId, type BlobHash } from '@cacaw/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { strongRandom } from '../../test/strong-random.ts';
import { SwitchedNetwork } from '../../test/switched-network.ts';
import { createPhotosAhead } from './ahead.ts';
import type { PhotoAnswer, StorageReport } from './photo-calls.ts';

const hashOf = (n: number): BlobHash => n.toString(16).padStart(64, '0') as BlobHash;
const draft = (n: number) => ({
  hash: hashOf(n),
  width: 20,
  height: 10,
  mediaType: 'image/webp',
  blob: new Blob(['picture']),
  thumbnail: new Blob(['square']),
});

/** A collection of two items, Lamp with photos 1 to 3 and Vase with 4; of photo 1 and the whole of 4 nothing but the picture is here. */
async function openScene() {
  const clock = new ManualClock();
  const network = Object.assign(new SwitchedNetwork(), { isMetered: false, isSlow: false });
  const device = await openDevice({ store: createMemoryStore(), clock, random: strongRandom, idleMs: 0 });
  const photos = createDevicePhotos(device, clock);
  const collection = newCollectionId(strongRandom);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: '' } });
  const drafts = [
    { name: 'Lamp', photos: [1, 2, 3].map(draft) },
    { name: 'Vase', photos: [draft(4)] },
  ];
  await device.run({ type: 'addItems', collection, drafts });
  await device.write(async (tx) => {
    for (const n of [1, 3, 4]) {
      const image = await tx.get('images', `${collection}/${hashOf(n)}`);
      if (image !== undefined) tx.put('images', { id: image.id, itemId: image.itemId });
    }
  });
  const scene = {
    ...{ clock, network, device, collection },
    asked: [] as string[],
    atOnce: 0,
    mostAtOnce: 0,
    isSending: false,
    storage: { level: 'plenty', thumbnails: 0 } as Pick<StorageReport, 'level' | 'thumbnails'>,
    answer: (): PhotoAnswer => ({ state: 'here', blob: new Blob(['from the relay']) }),
  };
  const ahead = createPhotosAhead({
    store: device.store,
    network,
    clock,
    async fetch(question) {
      scene.mostAtOnce = Math.max(scene.mostAtOnce, ++scene.atOnce);
      scene.asked.push(`${Number.parseInt(question.hash, 16)} ${question.size} ${question.view?.turns ?? '-'}`);
      await Promise.resolve();
      const answer = scene.answer();
      if (answer.state === 'here') await photos.keep(question, { itemId: '', thumbnail: answer.blob });
      scene.atOnce -= 1;
      return answer;
    },
    storage: async () => ({ ...scene.storage, usage: 1, quota: 100, copies: 0, onlyHere: 0 }),
    isSending: () => scene.isSending,
    onRows: (listener) => device.onRows(listener),
    onError: (error) => expect.fail(String(error)),
  });
  onTestFinished(() => ahead.close());
  return { ...scene, scene, ahead };
}

test('[L109] small squares of what is open come one at a time, covers first, each that is not here once', async () => {
  const { scene, ahead, clock, collection, device } = await openScene();
  await clock.advance(60_000);
  expect(scene.asked).toEqual([]);
  ahead.look([collection]);
  await clock.advance(10_000);

  expect(scene.asked).toHaveLength(3);
  expect(new Set(scene.asked.slice(0, 2))).toEqual(new Set(['1 300 -', '4 300 -']));
  expect(scene.asked[2]).toBe('3 300 -');
  expect(scene.mostAtOnce).toBe(1);
  const [lamp] = await device.store.read(['items'], (tx) => tx.range('items', { index: 'name', lower: 'Lamp', upper: 'Lamp' }));
  await device.run({
    type: 'editPhoto',
    collection,
    item: lamp?.id ?? ('' as never),
    photo: hashOf(2),
    change: { view: { turns: 1, crop: null } },
  });
  await clock.advance(10_000);
  expect(scene.asked.slice(3)).toEqual(['2 300 1']);
  ahead.look([]);
  await device.run({ type: 'removePhotos', collection, item: lamp?.id ?? ('' as never), photos: [hashOf(3)] });
  await clock.advance(10_000);
  expect(scene.asked).toHaveLength(4);
});

test('[L109] nothing comes ahead offline, on a metered or slow network, while photos are sent, or on a device that fills up', async () => {
  const { scene, ahead, clock, collection, network } = await openScene();
  network.set(false);
  ahead.look([collection]);
  const askedAfter = async (change: () => void): Promise<number> => {
    change();
    network.set(network.online);
    await clock.advance(70_000);
    return scene.asked.length;
  };

  expect(await askedAfter(() => undefined)).toBe(0);
  expect(await askedAfter(() => (network.set(true), (network.isMetered = true)))).toBe(0);
  expect(await askedAfter(() => ((network.isMetered = false), (network.isSlow = true)))).toBe(0);
  expect(await askedAfter(() => ((network.isSlow = false), (scene.isSending = true)))).toBe(0);
  expect(await askedAfter(() => ((scene.isSending = false), (scene.storage = { level: 'warn', thumbnails: 0 })))).toBe(0);
  expect(await askedAfter(() => (scene.storage = { level: 'plenty', thumbnails: 64 * 1024 * 1024 }))).toBe(0);
  scene.answer = () => ({ state: 'offline' });
  expect(await askedAfter(() => (scene.storage = { level: 'plenty', thumbnails: 0 }))).toBeLessThanOrEqual(2);
  scene.answer = () => ({ state: 'lost' });
  const before = scene.asked.length;
  expect(await askedAfter(() => undefined)).toBe(before + 3);
  expect(await askedAfter(() => undefined)).toBe(before + 3);
});
