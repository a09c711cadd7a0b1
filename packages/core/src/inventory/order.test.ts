import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/arbitrary.ts';
import { seededRandom } from '../../test/replica.ts';
import { insertAt, isOrderKey, keyBetween, keysAfter } from './order.ts';
import type { Placed } from './plan-view.ts';

const byOrder = (a: Placed<string>, b: Placed<string>): number =>
  a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1;

/** Stored orders as anybody may have left them: equal, out of shape, very long. */
const order = fc.oneof(
  fc.constantFrom('a0', 'a1', 'a0V', '', 'not a key', 'a00', `a0${'z'.repeat(60)}`),
  fc.nat(1e6).map((seed) => keyBetween(null, null, seededRandom(seed))),
);

test('[M16] something can always be inserted anywhere, stands there, and disturbs no other order', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 12 }), fc.nat(), fc.integer({ min: 1, max: 4 }), fc.nat(), (orders, place, count, seed) => {
      const siblings = orders.map((one, at) => ({ id: `i${String(at).padStart(2, '0')}`, order: one })).sort(byOrder);
      const at = place % (siblings.length + 1);
      const { keys, moved } = insertAt(siblings, at, count, seededRandom(seed));
      const fresh = keys.map((key, index) => ({ id: `new${index}`, order: key }));
      const changed = new Map(moved.map((one) => [one.id, one.order]));
      const after = [...siblings.map((one) => ({ id: one.id, order: changed.get(one.id) ?? one.order })), ...fresh].sort(byOrder);
      const wanted = [...siblings.slice(0, at), ...fresh, ...siblings.slice(at)].map((one) => one.id);
      expect(after.map((one) => one.id)).toEqual(wanted);
      expect(keys.every(isOrderKey)).toBe(true);
    }),
    runs,
  );
});

test('[M16] two people who insert at one spot rarely get the same key, and both still can insert between', () => {
  const keys = new Set(Array.from({ length: 1000 }, (_, seed) => keyBetween('a0', 'a1', seededRandom(seed))));

  expect(keys.size).toBeGreaterThan(800);
});

test('[M16] keys stay short: 2,000 insertions at one spot, then 2,000 appended', () => {
  const random = seededRandom(7);
  let siblings: Placed<string>[] = [
    { id: 'first', order: 'a0' },
    { id: 'last', order: 'a1' },
  ];
  for (let at = 0; at < 2000; at += 1) {
    const { keys, moved } = insertAt(siblings, 1, 1, random);
    const changed = new Map(moved.map((one) => [one.id, one.order]));
    siblings = [
      ...siblings.map((one) => ({ id: one.id, order: changed.get(one.id) ?? one.order })),
      { id: `n${at}`, order: keys[0] ?? '' },
    ].sort(byOrder);
  }
  expect(Math.max(...siblings.map((one) => one.order.length))).toBeLessThanOrEqual(32);
  expect(siblings.slice(1, 4).map((one) => one.id)).toEqual(['n1999', 'n1998', 'n1997']);

  let last = siblings.at(-1)?.order ?? null;
  for (let at = 0; at < 2000; at += 1) last = keysAfter(last, 1, random)[0] ?? null;
  expect(last?.length).toBeLessThanOrEqual(7);
});
