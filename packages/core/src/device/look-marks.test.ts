import type { AccountId, CollectionId, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { Device } from './device.ts';
import type { PhotoDraft } from '../inventory/commands.ts';
import { lookSettingKey, lookKinds, type AskedLook } from './look-marks.ts';
import { looksMarked } from './looks-marked.ts';
import { rowOf } from './read-rows.ts';
import { photoDraft } from './testing/photos.ts';
import { World } from './testing/world.ts';

const look = { by: 'account-1' as AccountId, prompt: '', isOne: false };

async function homeAndOther(seed: number) {
  const world = await World.create(seed, 2);
  const [home, other] = world.residents;
  if (home === undefined || other === undefined) throw new Error('Two devices were asked for.');
  const { collection } = world;
  const add = async (count: number): Promise<readonly ItemId[]> => {
    const drafts = Array.from({ length: count }, (_, at) => ({ name: `Photo ${at}`, look: at % 10 === 0 ? look : null }));
    return (await home.device.run({ type: 'addItems', collection, drafts })).items;
  };
  return { world, home, other, collection, add };
}

const marked = ({ store }: Device): Promise<readonly (readonly [ItemId, AskedLook | null])[]> =>
  store.read(['settings'], async (tx) => (await looksMarked(tx)).map(({ item, asked }) => [item, asked] as const));

const asked: AskedLook = { by: look.by, prompt: '', photos: [], isTaken: false };

test('[S57] an item that is to be looked at is marked with its row, here and on every device it comes to, chunks included', async () => {
  for (const [seed, count] of [
    [3, 1],
    [4, 300],
  ] as const) {
    const { world, home, other, add } = await homeAndOther(seed);
    const items = (await add(count)).filter((_, at) => at % 10 === 0).toSorted();
    await world.push(home, { most: 999 });
    await world.pull(other);

    expect(await marked(home.device)).toEqual(items.map((item) => [item, asked]));
    expect(await marked(other.device)).toEqual(items.map((item) => [item, null]));
  }
});

test('[S57] a mark says who it is of, whatever is written to the item later', async () => {
  const { world, home, other, collection, add } = await homeAndOther(5);
  const [item] = (await add(1)) as readonly [ItemId];
  await world.push(home, { most: 9 });
  await world.pull(other);

  await other.device.run({ type: 'editItem', collection, item, change: { name: 'Renamed' } });

  expect(await marked(other.device)).toEqual([[item, null]]);
});

test('[S57] what somebody else writes to a look is not asked for here: neither other words nor another photo, whatever this device writes later', async () => {
  const { world, home, other, collection } = await homeAndOther(7);
  const [first, forged, own] = [1, 2, 3].map((n) => photoDraft(n)) as [PhotoDraft, PhotoDraft, PhotoDraft];
  const { items } = await home.device.run({ type: 'addItems', collection, drafts: [{ name: 'Shelf', photos: [first], look }] });
  const [item] = items as readonly [ItemId];
  await world.push(home, { most: 9 });
  await world.pull(other);
  await other.device.run({ type: 'addPhotos', collection, item, photos: [forged] });
  await other.device.run({ type: 'editItem', collection, item, change: { look: { ...look, prompt: 'Dearer words' } } });
  await world.push(other, { most: 9 });
  await world.pull(home);
  await home.device.run({ type: 'editItem', collection, item, change: { name: 'Renamed' } });
  await home.device.run({ type: 'addPhotos', collection, item, photos: [own] });

  expect(await marked(home.device)).toEqual([[item, { ...asked, photos: [first.hash, own.hash] }]]);
  await home.device.run({ type: 'editItem', collection, item, change: { look: { ...look, prompt: 'My words' } } });
  expect((await marked(home.device))[0]?.[1]).toMatchObject({
    prompt: 'My words',
    photos: expect.arrayContaining([forged.hash]) as unknown,
  });
});

test('[S57] rows of an archive ask for nothing', async () => {
  const { home, other, collection, add } = await homeAndOther(8);
  const [item] = (await add(1)) as readonly [ItemId];
  const row = await home.device.store.read(['items', 'chunks'], (tx) => rowOf(tx, item));
  if (row === undefined) throw new Error('The item is gone.');
  const { collection: _collection, quantity: _quantity, ...copy } = row;
  await other.device.run({ type: 'recreate', collection, copies: { items: [copy] } });

  expect(await marked(other.device)).toEqual([[item, null]]);
});

test('[S58] a collection that leaves takes everything of its looks along, and nothing of others', async () => {
  const { home, collection, add } = await homeAndOther(6);
  const { device } = home;
  await add(1);
  const keys = (of: string): Promise<number> =>
    device.store.read(['settings'], async (tx) => (await tx.range('settings', {})).filter(({ key }) => key.includes(of)).length);
  const elsewhere = 'E'.repeat(22) as CollectionId;
  await device.write(async (tx) => {
    for (const of of [collection, elsewhere])
      for (const kind of lookKinds) tx.put('settings', { key: lookSettingKey(kind, of, 'x'), value: 'kept' });
  });
  expect(await keys(collection)).toBeGreaterThan(lookKinds.length);

  await device.forget(collection);

  expect(await keys(collection)).toBe(0);
  expect(await keys(elsewhere)).toBe(lookKinds.length);
});
