import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMoney, formatWorth } from './amounts.ts';
import { moneyToText, readMoney, readNumber } from './typed-amounts.ts';

test('[W21] sums are read as written, and nothing else is', () => {
  const good: readonly (readonly [typed: string, value: number])[] = [
    ['12', 12],
    ['12,5', 12.5],
    ['.5', 0.5],
    ['3*4', 12],
    ['10 + 2,50', 12.5],
    ['(2+3)*4', 20],
    ['-2', -2],
    ['10/4', 2.5],
  ];
  for (const [typed, value] of good) expect(readNumber(typed)).toEqual({ ok: true, value });
  for (const typed of ['', 'ten', '3*', '(2', '2)', '1/0', 'alert(1)', '1e400', '2 3 x', '--'])
    expect(readNumber(typed)).toEqual({ ok: false });
});

test('[W21] reading what was typed never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('0', '1', '9', '.', ',', '+', '-', '*', '/', '(', ')', ' ', 'a', 'é'), maxLength: 20 }),
      (typed) => {
        const reading = readNumber(typed);

        expect(reading.ok ? Number.isFinite(reading.value) : true).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('[W21] money is kept in minor units of its currency and shown as it was typed', () => {
  expect(readMoney('12.345', 'EUR')).toEqual({ ok: true, value: { amount: 1235, currency: 'EUR' } });
  expect(readMoney('120', 'JPY')).toEqual({ ok: true, value: { amount: 120, currency: 'JPY' } });
  expect(moneyToText({ amount: 1235, currency: 'EUR' })).toBe('12.35');
  expect(moneyToText({ amount: 120, currency: 'JPY' })).toBe('120');
  expect(moneyToText(null)).toBe('');
});

test('[W24] an item shows what it counts for in the total: its value, or else what was paid', () => {
  const value = { amount: 5000, currency: 'EUR' };
  const paid = { amount: 2500, currency: 'USD' };
  expect(formatWorth({ estimatedValue: value, purchasePrice: paid })).toBe(formatMoney(value));
  expect(formatWorth({ estimatedValue: null, purchasePrice: paid })).toBe(formatMoney(paid));
  expect(formatWorth({ estimatedValue: null, purchasePrice: null })).toBe('');
});
