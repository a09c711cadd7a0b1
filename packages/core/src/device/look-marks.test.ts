import type { AccountId, CollectionId, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { Device } from './device.ts';
import { lookKey, lookKinds } from './look-marks.ts';
import { looksMarked } from './looks-marked.ts';
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

const marked = ({ store }: Device): Promise<readonly (readonly [ItemId, boolean])[]> =>
  store.read(['settings'], async (tx) => (await looksMarked(tx)).map(({ item, isOurs }) => [item, isOurs] as const));

test('[S57] an item that is to be looked at is marked with its row, here and on every device it comes to, chunks included', async () => {
  for (const [seed, count] of [
    [3, 1],
    [4, 300],
  ] as const) {
    const { world, home, other, add } = await homeAndOther(seed);
    const items = (await add(count)).filter((_, at) => at % 10 === 0).toSorted();
    await world.push(home, { most: 999 });
    await world.pull(other);

    expect(await marked(home.device)).toEqual(items.map((item) => [item, true]));
    expect(await marked(other.device)).toEqual(items.map((item) => [item, false]));
  }
});

test('[S57] a mark says who it is of, whatever is written to the item later', async () => {
  const { world, home, other, collection, add } = await homeAndOther(5);
  const [item] = (await add(1)) as readonly [ItemId];
  await world.push(home, { most: 9 });
  await world.pull(other);

  await other.device.run({ type: 'editItem', collection, item, change: { name: 'Renamed' } });

  expect(await marked(other.device)).toEqual([[item, false]]);
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
      for (const kind of lookKinds) tx.put('settings', { key: lookKey(kind, of, 'x'), value: 'kept' });
  });
  expect(await keys(collection)).toBeGreaterThan(lookKinds.length);

  await device.forget(collection);

  expect(await keys(collection)).toBe(0);
  expect(await keys(elsewhere)).toBe(lookKinds.length);
});
