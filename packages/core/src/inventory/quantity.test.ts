import type { ItemId } from '@cacaw/protocol';
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
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('adjust' as const), at: fc.nat(2), by: fc.integer({ min: 0, max: 500 }).map((n) => n / 100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stocktake' as const), at: fc.nat(2), quantity: fc.integer({ min: 0, max: 9000 }).map((n) => n / 1000) }) },
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

test('[M6] the quantity is what the last stocktake counted and every increment it had not seen', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { item, people } = start();
      const increments: number[] = [];
      let counted = { quantity: 5, stamp: 0, text: '', seen: new Set<number>() };
      for (const one of steps) {
        const person = people[one.at];
        if (person === undefined) continue;
        const { replica, heard } = person;
        const collection = replica.collection;
        if (one.kind === 'sync') {
          const other = people[one.other] ?? person;
          replica.pull(other.replica);
          for (const index of other.heard) heard.add(index);
        } else if (one.kind === 'adjust') {
          replica.run({ type: 'adjustQuantity', collection, item, place: '', by: one.by });
          heard.add(increments.push(one.by) - 1);
        } else {
          const [shard, local] = [`rows.${item.slice(0, 6)}`, item.slice(6)];
          const before = replica.registers(shard).get(local, 'q:');
          replica.run({ type: 'stocktake', collection, item, place: '', quantity: one.quantity });
          const after = replica.registers(shard).get(local, 'q:');
          const text = JSON.stringify(after?.value);
          const wins = after !== undefined && (after.stamp > counted.stamp || (after.stamp === counted.stamp && text >= counted.text));
          if (after !== before && wins) counted = { quantity: one.quantity, stamp: after.stamp, text, seen: new Set(heard) };
        }
      }
      meet(people.map((one) => one.replica));
      const unseen = increments.reduce((sum, by, index) => (counted.seen.has(index) ? sum : sum + Math.round(by * 1000)), 0);
      for (const { replica } of people) expect(replica.item(item).quantity).toBe((Math.round(counted.quantity * 1000) + unseen) / 1000);
    }),
    runs,
  );
});

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
