import { expect, it } from 'vitest';
import { createShares } from './shares.ts';
import { FairQueue } from './fair-queue.ts';

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

it('[PH57] who waits is served in turn with everybody else who does, each in their own order', () => {
  const queue = new FairQueue<string>();
  for (const one of ['a1', 'a2', 'a3', 'a4']) queue.push('anna', one);
  queue.push('ben', 'b1');
  queue.push('cara', 'c1');
  const first = queue.shift();
  queue.push('ben', 'b2');
  queue.putBack('cara', 'c0');
  queue.push('dora', 'd1');
  queue.push('anna', 'a5');
  queue.remove('dora', 'd1');
  queue.remove('anna', 'a5');
  queue.remove('emil', 'e1');

  expect([first, ...Array.from({ length: 8 }, () => queue.shift())]).toEqual(['a1', 'c0', 'b1', 'a2', 'c1', 'b2', 'a3', 'a4', undefined]);
});
