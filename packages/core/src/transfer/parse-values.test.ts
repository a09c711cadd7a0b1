import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBoolean, parseDay, parseMoney, parseNumber } from './parse-values.ts';

const eur = { decimal: '.', currency: 'EUR' } as const;

test('[T9] numbers are read with their groups and decimal sign', () => {
  expect(['1,234.5', '1 234.5', "1'234.5", '-3', '.5', '5.', '+7', '1e3'].map((text) => parseNumber(text, '.'))).toEqual([
    1234.5, 1234.5, 1234.5, -3, 0.5, 5, 7, 1000,
  ]);
  expect(['1.234,5', '0,5', '12'].map((text) => parseNumber(text, ','))).toEqual([1234.5, 0.5, 12]);
  expect(['', '.', '1,23', '1.2.3', 'twelve', '1e999', '0x10', '12 pcs'].map((text) => parseNumber(text, '.'))).toEqual(
    Array(8).fill(undefined),
  );
});

test('[T9] any number written in either style is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat({ max: 99 }), (whole, cents) => {
      const value = Number(`${whole}.${String(cents).padStart(2, '0')}`);
      expect(parseNumber(new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(value), '.')).toBe(value);
      expect(parseNumber(new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 }).format(value), ',')).toBe(value);
    }),
    { numRuns: 1000 },
  );
});

test('[T9] amounts know their currency and its minor units', () => {
  expect(parseMoney('$1,299.99', eur)).toEqual({ amount: 129_999, currency: 'USD' });
  expect(parseMoney('$5', { ...eur, currency: 'CAD' })).toEqual({ amount: 500, currency: 'CAD' });
  expect(parseMoney('1.299,99 €', { decimal: ',', currency: 'USD' })).toEqual({ amount: 129_999, currency: 'EUR' });
  expect(parseMoney('JPY 1200', eur)).toEqual({ amount: 1200, currency: 'JPY' });
  expect(parseMoney('1.005', { ...eur, currency: 'KWD' })).toEqual({ amount: 1005, currency: 'KWD' });
  expect(parseMoney('1.15', eur)).toEqual({ amount: 115, currency: 'EUR' });
  expect([parseMoney('about 5', eur), parseMoney('', eur), parseMoney('9e99', eur)]).toEqual([undefined, undefined, undefined]);
});

test('[T9] days are read as ISO, by the order of the file, or with a month by name', () => {
  const days = [
    '2024-05-31',
    '2024-05-31T10:00:00Z',
    '2024/5/1',
    '31/05/2024',
    '31.5.24',
    '28/08/2025 01:26PM',
    '3 May 2024',
    'May 3, 2024',
    '31 December 1999',
  ];
  expect(days.map((text) => parseDay(text, true))).toEqual([
    '2024-05-31',
    '2024-05-31',
    '2024-05-01',
    '2024-05-31',
    '2024-05-31',
    '2025-08-28',
    '2024-05-03',
    '2024-05-03',
    '1999-12-31',
  ]);
  expect(parseDay('5/31/2024', false)).toBe('2024-05-31');
  expect(['2024-02-30', '31/13/2024', 'soon', '', '2023-02-29', '0/1/2024', '3 Foo 2024'].map((text) => parseDay(text, true))).toEqual(
    Array(7).fill(undefined),
  );
});

test('[T9] true and false are read as programs write them', () => {
  expect(['TRUE', 'yes', '1', 'No', '0', '', 'maybe'].map(parseBoolean)).toEqual([true, true, true, false, false, false, undefined]);
});
