import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProductCode } from './product-code.ts';

describe('the code of a product', () => {
  it.each([
    // https://www.gs1.org/services/how-calculate-check-digit-manually, the ISBN users’ manual, and two things anybody has at home.
    ['629 1041 500213', { gtin: '6291041500213', isBook: false }],
    ['978-92-95055-12-4', { gtin: '9789295055124', isBook: true }],
    ['0-8044-2957-x', { gtin: '9780804429573', isBook: true }],
    ['036000291452', { gtin: '0036000291452', isBook: false }],
    ['73513537', { gtin: '0000073513537', isBook: false }],
  ])('[F20] %s is read', (text, code) => {
    expect(readProductCode(text)).toEqual(code);
  });

  it.each(['6291041500214', '0-8044-2957-0', '12345', '', 'ISBN', '９７８９２９５０５５１２４', '97892950551240'])(
    '[F20] %j is none',
    (text) => {
      expect(readProductCode(text)).toBeUndefined();
    },
  );

  it('[F20] one digit misread, or two neighbours swapped that differ by anything but five, is noticed', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(digits, fc.nat(12), fc.integer({ min: 1, max: 9 }), (twelve, at, off) => {
        const right = Array.from({ length: 10 }, (_, last) => [...twelve, last].join('')).find((text) => readProductCode(text)) ?? '';
        expect(right).not.toBe('');
        const misread = Array.from(right, (digit, index) => (index === at ? String((Number(digit) + off) % 10) : digit)).join('');
        expect(readProductCode(misread)).toBeUndefined();
        const [one, other] = [Number(right[at]), Number(right[at + 1] ?? right[at])];
        const swapped = right.slice(0, at) + other + one + right.slice(at + 2);
        if (at < 12 && one !== other && Math.abs(one - other) !== 5) expect(readProductCode(swapped)).toBeUndefined();
      }),
    );
  });
});
