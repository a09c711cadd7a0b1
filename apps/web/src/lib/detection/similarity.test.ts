import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alikeFrom, nameParts, similarity } from './similarity.ts';

const between = (one: string, other: string): number => similarity(nameParts(one), nameParts(other));

test('[W70] names are alike whatever their case, accents, signs, order of words and a wrong letter', () => {
  for (const [one, other] of [
    ['Lamp', 'lamp'],
    ['Café crème cup', 'cafe creme CUP'],
    ['Sony Walkman, WM-FX', 'Walkman (Sony) WM FX'],
    ['Charizard', 'Charzard'],
    ['Pikachu 25/102', 'pikachu #25/102'],
    ['ピカチュウ', 'ピカチュウ'],
  ] as const)
    expect(between(one, other), `${one} | ${other}`).toBeGreaterThanOrEqual(alikeFrom);
});

test('[W70] things of other names, and other numbers of a series, are not alike', () => {
  for (const [one, other] of [
    ['Lamp', 'Lantern'],
    ['Desk lamp', 'Lamp'],
    ['Red mug', 'Red jug'],
    ['Watchmen 1', 'Watchmen 2'],
    ['Charizard 4/102', 'Charizard 5/102'],
    ['', ''],
    ['!', '?'],
  ] as const)
    expect(between(one, other), `${one} | ${other}`).toBeLessThan(alikeFrom);
});

test('[W70] every name that says something is wholly like itself, and as like another as that is like it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      if (nameParts(one).runs.size > 0) expect(between(one, one)).toBe(1);
      expect(between(one, other)).toBe(between(other, one));
    }),
  );
});
