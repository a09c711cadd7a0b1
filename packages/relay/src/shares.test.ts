import { expect, it } from 'vitest';
import { createShares } from './shares.ts';

it('[H36] of what there is only so much of nobody gets more than their share, and what was given back is there again, once', () => {
  const shares = createShares({ most: 10, mostEach: 6 });

  const first = shares.take('anna', 6);
  expect(first).toBeDefined();
  expect([shares.take('anna'), shares.take('ben', 5)]).toEqual([undefined, undefined]);
  const second = shares.take('ben', 4);
  expect(second).toBeDefined();
  expect(shares.take('cara')).toBeUndefined();
  first?.();
  first?.();
  expect(shares.take('cara', 6)).toBeDefined();
  expect(shares.take('cara')).toBeUndefined();
});
