import fc from 'fast-check';
import { expect, test } from 'vitest';
import { caretAfter, mergeTexts, replacementOf } from './text-merge.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '🐦', 'é'), maxLength: 12 });

test('[W20] a replacement made of two texts turns the one into the other and cuts no character', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { at, removed, inserted } = replacementOf(before, after);

      expect(before.slice(0, at) + inserted + before.slice(at + removed)).toBe(after);
      expect(inserted.isWellFormed() && before.slice(at, at + removed).isWellFormed()).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('[W20] an edit of one side alone merges to that side', () => {
  fc.assert(
    fc.property(text, text, (base, edited) => {
      expect(mergeTexts(base, edited, base)).toBe(edited);
      expect(mergeTexts(base, base, edited)).toBe(edited);
    }),
    { numRuns: 1000 },
  );
});

test('[W20] what either side typed stands in the merged text, also where the other removed everything', () => {
  fc.assert(
    fc.property(text, fc.nat(12), fc.nat(12), fc.boolean(), (base, one, other, clears) => {
      const typedAt = (place: number, typed: string): string =>
        base.slice(0, Math.min(place, base.length)) + typed + base.slice(Math.min(place, base.length));
      const merged = mergeTexts(base, typedAt(one, '«mine»'), clears ? '' : typedAt(other, '«theirs»'));

      expect(merged).toContain('«mine»');
      expect(merged.includes('«theirs»')).toBe(!clears);
    }),
    { numRuns: 1000 },
  );
});

test('[W20] a caret stays with the word before it', () => {
  const typedBefore = replacementOf('red lamp', 'big red lamp');

  expect(caretAfter(3, typedBefore)).toBe(7);
  expect(caretAfter(8, replacementOf('red lamp', 'red'))).toBe(3);
  expect(caretAfter(0, typedBefore)).toBe(0);
});
