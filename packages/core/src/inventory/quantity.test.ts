import { localOf, shardOf, type ItemId, type Register } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { Replica } from '../../test/replica.ts';

interface Counting {
  readonly replica: Replica;
  /** Increments this replica has heard of. */
  readonly heard: Set<number>;
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('adjust' as const), at: fc.nat(2), by: fc.integer({ min: 0, max: 500 }).map((n) => n / 100) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stocktake' as const),
      at: fc.nat(2),
      quantity: fc.integer({ min: 0, max: 9000 }).map((n) => n / 1000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const), at: fc.nat(2), other: fc.nat(2) }) },
);

function start(): { readonly item: ItemId; readonly people: readonly Counting[] } {
  const first = new Replica(1);
  first.run({ type: 'createCollection', id: first.collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
  const [item] = first.run({ type: 'addItems', collection: first.collection, drafts: [{ name: 'Screws', quantity: 5 }] }).items;
  const replicas = [first, new Replica(2), new Replica(3)];
  meet(replicas);
  return { item: item as ItemId, people: replicas.map((replica) => ({ replica, heard: new Set<number>() })) };
}

/** What the stocktake that stands now counted, and which increments its author had heard of. */
interface Count {
  readonly quantity: number;
  readonly stamp: number;
  readonly text: string;
  readonly seen: ReadonlySet<number>;
}

/** Counts at one person and says which stocktake stands, the one before or this. */
function count({ replica, heard }: Counting, item: ItemId, [quantity, standing]: readonly [number, Count]): Count {
  const read = (): Register | undefined => replica.registers(`rows.${shardOf(item)}`).get(localOf(item), 'q:');
  const before = read();
  replica.run({ type: 'stocktake', collection: replica.collection, item, place: '', quantity });
  const after = read();
  if (after === undefined || after === before) return standing;
  const mine = { quantity, stamp: after.stamp, text: JSON.stringify(after.value), seen: new Set(heard) };
  return mine.stamp > standing.stamp || (mine.stamp === standing.stamp && mine.text >= standing.text) ? mine : standing;
}

test('[M6] the quantity is what the last stocktake counted and every increment it had not seen', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { item, people } = start();
      const increments: number[] = [];
      let standing: Count = { quantity: 5, stamp: 0, text: '', seen: new Set() };
      for (const one of steps) {
        const person = people[one.at];
        if (person === undefined) continue;
        if (one.kind === 'stocktake') standing = count(person, item, [one.quantity, standing]);
        else if (one.kind === 'sync') listen(person, people[one.other] ?? person);
        else adjust(person, item, [increments, one.by]);
      }
      meet(people.map((one) => one.replica));
      const unseen = increments.reduce((sum, by, index) => (standing.seen.has(index) ? sum : sum + Math.round(by * 1000)), 0);
      for (const { replica } of people) expect(replica.item(item).quantity).toBe((Math.round(standing.quantity * 1000) + unseen) / 1000);
    }),
    runs,
  );
});

function listen(person: Counting, other: Counting): void {
  person.replica.pull(other.replica);
  for (const index of other.heard) person.heard.add(index);
}

function adjust({ replica, heard }: Counting, item: ItemId, [increments, by]: readonly [number[], number]): void {
  replica.run({ type: 'adjustQuantity', collection: replica.collection, item, place: '', by });
  heard.add(increments.push(by) - 1);
}

test('[M6] two people who take from the last ones together leave zero on show, and the debt is kept', () => {
  const { item, people } = start();
  const [anna, ben] = people.map((one) => one.replica);
  if (anna === undefined || ben === undefined) throw new Error('nobody there');
  const collection = anna.collection;
  for (const one of [anna, ben]) one.run({ type: 'adjustQuantity', collection, item, place: '', by: -4 });
  meet([anna, ben]);
  expect(anna.item(item).quantity).toBe(0);

  ben.run({ type: 'adjustQuantity', collection, item, place: '', by: 10 });
  anna.pull(ben);

  expect(anna.item(item)).toMatchObject({ quantity: 7, places: { '': 7 } });
});

test('[C8] an adjustment never takes away more than the person can see', () => {
  const { item, people } = start();
  const [anna] = people.map((one) => one.replica);
  anna?.run({ type: 'adjustQuantity', collection: anna.collection, item, place: '', by: -100 });
  anna?.run({ type: 'adjustQuantity', collection: anna.collection, item, place: '', by: 1 });

  expect(anna?.item(item).quantity).toBe(1);
});
