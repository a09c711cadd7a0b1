import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naturalKey } from './natural-key.ts';

const byKey = (a: string, b: string): number => (naturalKey(a) < naturalKey(b) ? -1 : naturalKey(a) > naturalKey(b) ? 1 : 0);

test('[Q4] digits count by their value wherever they stand', () => {
  expect(['b2', 'a10b', 'a9', 'a', 'a10', 'a 1', '10', '9', '12345678901', 'a2000000000'].toSorted(byKey)).toEqual([
    '9',
    '10',
    '12345678901',
    'a',
    'a 1',
    'a9',
    'a10',
    'a10b',
    'a2000000000',
    'b2',
  ]);
});

test('[Q4] two numbers sort by their value after the same letters', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 30n }), (a, b) => {
      expect(byKey(`box ${a}`, `box ${b}`)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 1000 },
  );
});
