import type { ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { readRows } from './read-rows.ts';
import { pendingIn } from './testing/oracle.ts';
import { World, type Resident } from './testing/world.ts';

async function quantityAt(world: World, { store }: Resident, item: ItemId): Promise<number | undefined> {
  for await (const rows of readRows(store, world.collection)) {
    const found = rows.find((row) => row.id === item);
    if (found !== undefined) return found.quantity;
  }
  return undefined;
}

test('[S49] a count that a lost log had committed, unknown to its author, stands once, whoever gives it back first', async () => {
  for (const authorFirst of [true, false]) {
    const world = await World.create(3, 2);
    const [home, other] = world.residents as [Resident, Resident];
    const { collection } = world;
    const { items } = await home.device.run({ type: 'addItems', collection, drafts: [{ name: 'bottle', quantity: 5 }] });
    const [item] = items as [ItemId];
    await world.calm();
    const backup = world.relay.head;
    const count = (by: number): Promise<unknown> => home.device.run({ type: 'adjustQuantity', collection, item, place: '', by });
    await count(1);
    await world.calm();
    await count(3);
    // Committed and forwarded; the answer never comes.
    await world.push(home, { most: 1, cut: 1 });
    await world.pull(other);
    expect(await pendingIn(home.store, collection)).toHaveLength(1);

    world.relay = world.relay.restored(backup);
    for (const one of authorFirst ? [home, other] : [other, home]) await world.push(one, { most: 99 });
    await world.calm();

    for (const one of [home, other]) expect(await quantityAt(world, one, item), String(authorFirst)).toBe(9);
  }
});

test('[S49] what is given back comes in pieces that build on each other: what is confirmed, then each pending push', async () => {
  const world = await World.create(5, 1);
  const [home] = world.residents as [Resident];
  const { collection } = world;
  const { items } = await home.device.run({ type: 'addItems', collection, drafts: [{ name: 'bottle' }] });
  const [item] = items as [ItemId];
  await world.calm();
  for (const name of ['green bottle', 'blue bottle']) await home.device.run({ type: 'editItem', collection, item, change: { name } });
  const pending = await home.device.pending(collection);
  const document = pending[0]?.document ?? ('' as never);
  const nothing = { document, stateVector: Uint8Array.of(0) };

  const pieces = await home.device.differences(collection, nothing, 'all');
  expect(pieces.slice(1)).toEqual(pending.map(({ bytes }) => bytes));
  expect(await home.device.differences(collection, nothing, 'confirmed')).toEqual(pieces.slice(0, 1));

  const stateVector = (await home.device.stateVectors(collection, 'all')).get(document) ?? Uint8Array.of(0);
  expect(await home.device.differences(collection, { document, stateVector }, 'all')).toHaveLength(1);
  expect((await home.device.stateVectors(collection, 'confirmed')).get(document)).not.toEqual(stateVector);
});
