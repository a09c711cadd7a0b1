import type { ItemChange, ItemRow, Money } from '@cacaw/core';
import { currencyDigits } from '@cacaw/core/transfer';
import type { LookupFound, LookupPrice } from '@cacaw/protocol/http';
import { formatMoney } from '../detail/amounts.ts';

/** A field that what was found would fill, beside what stands in it. */
export interface Filling {
  readonly field: 'name' | 'series' | 'description' | 'estimatedValue';
  readonly label: string;
  readonly now: string;
  readonly next: string;
  readonly change: ItemChange;
}

/** What would change, field by field; what says the same, or nothing, is left out. */
export function fillingsOf(row: ItemRow, found: LookupFound): readonly Filling[] {
  const texts = (['name', 'series', 'description'] as const).map((field) => ({
    ...{ field, label: labels[field], now: row[field], next: found[field] },
    change: { [field]: found[field] },
  }));
  const price = worthOf(found.prices, row.estimatedValue?.currency);
  const value = price && {
    ...{ field: 'estimatedValue' as const, label: labels.estimatedValue, next: formatMoney(price) },
    now: row.estimatedValue === null ? '' : formatMoney(row.estimatedValue),
    change: { estimatedValue: price },
  };
  return [...texts, ...(value ? [value] : [])].filter(({ now, next }) => next !== '' && next !== now);
}

const labels = { name: 'Name', series: 'Series', description: 'Description', estimatedValue: 'Value' } as const;

/** Today's price in the item's own currency if there is one, else the first; a record of long ago says nothing of what it is worth. */
function worthOf(prices: readonly LookupPrice[], currency: string | undefined): Money | undefined {
  const market = prices.filter(({ kind }) => kind === 'market');
  const price = market.find((one) => one.currency === currency) ?? market[0];
  return price && { amount: Math.round(price.amount * 10 ** currencyDigits(price.currency)), currency: price.currency };
}

/** Prices as one reads them, for a person to judge. */
export const pricesText = (prices: readonly LookupPrice[]): string =>
  prices
    .map(({ kind, amount, currency }) => {
      const text = formatMoney({ amount: Math.round(amount * 10 ** currencyDigits(currency)), currency });
      return kind === 'market' ? text : `${text} (${kind} seen)`;
    })
    .join(' · ');
