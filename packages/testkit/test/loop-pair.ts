import { expect } from 'vitest';
import type { ItemDraft } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import { LoopWorld, type Person, type Shared } from './loop-world.ts';

const drafts = (...names: readonly string[]): readonly ItemDraft[] => names.map((name) => ({ name }));
/** Adds items and returns their ids. */
export const addItems = async (person: Person, collection: CollectionId, ...names: readonly string[]): Promise<readonly ItemId[]> =>
  (await person.run({ type: 'addItems', collection, drafts: drafts(...names) })).items;

/** Two people who share a collection. */
export interface Pair {
  readonly world: LoopWorld;
  readonly ada: Person;
  readonly ben: Person;
  readonly shared: Shared;
}

/** Two people who share a collection and have caught up with each other. */
export async function pair(world: LoopWorld = new LoopWorld()): Promise<Pair> {
  const ada = await world.person('ada');
  const ben = await world.person('ben');
  const shared = await world.shared(ada);
  await world.rest();
  await ben.join(shared);
  await world.rest();
  return { world, ada, ben, shared };
}

/** Everybody shows the same rows and has nothing pending. */
export async function expectSame(id: CollectionId, ...people: readonly Person[]): Promise<void> {
  const [first, ...others] = await Promise.all(people.map((person) => person.shown(id)));
  for (const other of others) {
    expect(other.items).toEqual(first?.items);
    expect(other.folders).toEqual(first?.folders);
  }
  for (const person of people) expect(await person.device.pending(id), person.name).toEqual([]);
}

/** The one item of a pair that counts edits, so that a lost or doubled one shows. */
export async function countedItem({ world, shared }: Pair, person: Person): Promise<ItemId> {
  const [item] = await addItems(person, shared.id, 'Counted');
  if (item === undefined) throw new Error('No item was made.');
  await world.rest();
  return item;
}

/** Counts one up. */
export const countUp = (person: Person, { shared }: Pair, item: ItemId): Promise<unknown> =>
  person.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
