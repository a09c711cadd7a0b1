import { expect, it } from 'vitest';
import { defaultTiers, readTiers, tierNamed } from './tiers.ts';

it('[U40] tiers are configuration: what a file says counts, with every mistake named', () => {
  const tiers = readTiers({ free: { storage: 1, detectionsPerMonth: 2, collections: null, members: 3 } });

  expect(tierNamed(tiers, 'free')).toEqual({ name: 'free', storage: 1, detectionsPerMonth: 2, collections: null, members: 3 });
  expect(tierNamed(tiers, 'a tier of last year')).toEqual(tierNamed(tiers, 'free'));
  expect(tierNamed(defaultTiers, 'free').storage).toBe(1_073_741_824);
  expect(() => readTiers({ plus: { storage: -1, detectionsPerMonth: 1.5, collections: 1, members: 0 } })).toThrow(
    /plus\.storage.*plus\.detectionsPerMonth.*plus\.members/,
  );
  for (const broken of [undefined, null, 1, [], {}, { Free: {} }, { free: {} }]) expect(() => readTiers(broken)).toThrow();
});
