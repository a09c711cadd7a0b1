import type { BlobHash, CollectionId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storageLevel, whatGoes } from './keeper.ts';

const collection = 'c'.repeat(22) as CollectionId;
const holding = fc.record({
  full: fc.nat(100),
  thumbnail: fc.nat(10),
  seenAt: fc.nat(20),
  stored: fc.boolean(),
});

test('[L106] copies stay within their budgets, the longest unseen leave first, and what is not stored never leaves', () => {
  fc.assert(
    fc.property(fc.array(holding, { maxLength: 12 }), fc.nat(500), fc.nat(60), (list, full, thumbnails) => {
      const holdings = list.map((one, at) => ({ ...one, collection, hash: String(at).padStart(64, '0') as BlobHash }));
      const going = new Map(whatGoes(holdings, { full, thumbnails }).map(({ hash, what }) => [hash, what]));
      const stays = holdings.filter(({ stored }) => stored);
      const fullLeft = stays.filter(({ hash }) => !going.has(hash));
      const squaresLeft = stays.filter(({ hash }) => going.get(hash) !== 'all');

      expect(holdings.filter(({ hash, stored }) => !stored && going.has(hash))).toEqual([]);
      expect(fullLeft.reduce((sum, one) => sum + one.full, 0)).toBeLessThanOrEqual(full);
      expect(squaresLeft.reduce((sum, one) => sum + one.thumbnail, 0)).toBeLessThanOrEqual(thumbnails);
      const newestGone = Math.max(-1, ...stays.filter(({ hash }) => going.has(hash)).map(({ seenAt }) => seenAt));
      for (const one of fullLeft) if (one.full > 0) expect(one.seenAt).toBeGreaterThanOrEqual(newestGone);
    }),
  );
});

test('[L106] a device is told to be filling up at 80, 90 and 95 per cent', () => {
  const levels = [0.79, 0.8, 0.89, 0.9, 0.94, 0.95, 2].map((part) => storageLevel(part * 1000, 1000));

  expect(levels).toEqual(['plenty', 'warn', 'warn', 'thumbnails', 'thumbnails', 'blocked', 'blocked']);
  expect([storageLevel(null, 5), storageLevel(5, null)]).toEqual(['plenty', 'plenty']);
});
