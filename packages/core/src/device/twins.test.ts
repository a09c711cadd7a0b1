import type { ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { pendingIn } from './testing/oracle.ts';
import { World, type Resident } from './testing/world.ts';

const quantityAt = async ({ store }: Resident, item: ItemId): Promise<number | undefined> =>
  (await store.read(['items'], (tx) => tx.get('items', item)))?.quantity;

test('[S35] a copy that finds its old writer id used elsewhere leaves pushes under its other ids as they are: nothing commits twice', async () => {
  const world = await World.create(21, 1);
  const [home] = world.residents;
  if (home === undefined) throw new Error('nobody');
  const { collection } = world;
  const { items } = await home.device.run({ type: 'addItems', collection, drafts: [{ name: 'Wine', quantity: 5 }] });
  const [item] = items;
  if (item === undefined) throw new Error('no item');
  for (const name of ['Red', 'White', 'Rosé']) await world.edit(home, { type: 'editItem', collection, item, change: { name } });
  const copy = await world.clone(home);
  await world.push(home, { most: 99 });
  await world.receive(home, 99);
  for (const name of ['Port', 'Sherry', 'Madeira', 'Marsala'])
    await world.edit(home, { type: 'editItem', collection, item, change: { name } });
  await world.push(home, { most: 99 });
  await world.edit(copy, { type: 'adjustQuantity', collection, item, place: '', by: 1 });
  const made = (await copy.device.pending(collection)).at(-1);
  if (made === undefined) throw new Error('nothing pending');

  // Its push commits while the page of a pull, with a snapshot of what both of them have pushed, is on its way.
  world.relay.push(made, copy.member, false);
  const after = (await copy.device.cursor(collection))?.seq ?? (0 as never);
  for (const page of world.relay.pages(after, { size: 99, snapshots: true })) {
    const documents = page.documents.map((one) => ({ ...one, updates: one.updates.filter(({ writer }) => writer !== made.writer) }));
    const cursor = { collection, lineage: world.relay.lineage, seq: (page.head - 1) as never, chain: page.chain };
    await copy.device.confirmPage(collection, { ...page, documents }, new Map(), cursor);
  }

  expect((await pendingIn(copy.store, collection)).map(({ writer, ref }) => [writer, ref])).toEqual([[made.writer, made.ref]]);
  await world.calm();
  for (const one of world.residents) expect(await quantityAt(one, item)).toBe(6);
});
