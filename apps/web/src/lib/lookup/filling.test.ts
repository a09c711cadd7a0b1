import type { ItemRow } from '@cacaw/core';
import type { LookupFound } from '@cacaw/protocol/http';
import { describe, expect, it } from 'vitest';
import { fillingsOf } from './filling.ts';

const row = { name: 'Lotus', series: '', description: 'Mine', estimatedValue: { amount: 100, currency: 'USD' } } as ItemRow;
const found: LookupFound = {
  ...{ source: 'scryfall', name: 'Black Lotus', type: 'trading card', series: 'Vintage Masters', description: '', barcodes: [] },
  prices: [
    { kind: 'lowest', amount: 0.01, currency: 'USD' },
    { kind: 'market', amount: 2.25, currency: 'EUR' },
    { kind: 'market', amount: 1.5, currency: 'USD' },
  ],
};

describe('filling an item with what was found', () => {
  it('[W80] names each field that would change, never empties one, and takes today’s price in the item’s currency', () => {
    expect(fillingsOf(row, found).map(({ field, change }) => [field, change])).toEqual([
      ['name', { name: 'Black Lotus' }],
      ['series', { series: 'Vintage Masters' }],
      ['estimatedValue', { estimatedValue: { amount: 150, currency: 'USD' } }],
    ]);
  });

  it('[W80] what says the same changes nothing, and an old record is no value', () => {
    const same = { ...found, name: 'Lotus', series: '', prices: found.prices.slice(0, 1) };

    expect(fillingsOf(row, same)).toEqual([]);
  });

  it('[W80] a currency without cents is counted whole', () => {
    const yen = { ...found, prices: [{ kind: 'market' as const, amount: 1200, currency: 'JPY' }] };

    expect(fillingsOf(row, yen).at(-1)?.change).toEqual({ estimatedValue: { amount: 1200, currency: 'JPY' } });
  });
});
