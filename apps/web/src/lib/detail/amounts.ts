import type { ItemRow, Money } from '@cacaw/core';
import { currencyDigits } from '@cacaw/core/transfer';

const formats = new Map<string, Intl.NumberFormat>();

/** The amount as one reads it, in this browser's language. */
export function formatMoney(money: Money): string {
  const digits = currencyDigits(money.currency);
  let format = formats.get(money.currency);
  if (!format) {
    format = currencyFormat(money.currency);
    formats.set(money.currency, format);
  }
  return format.format(money.amount / 10 ** digits);
}

function currencyFormat(currency: string): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency });
  } catch {
    return new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 });
  }
}

/** What one of an item counts for where values are added up and sorted: its value, or else what was paid; empty when neither is known. */
export function formatWorth({ estimatedValue, purchasePrice }: Pick<ItemRow, 'estimatedValue' | 'purchasePrice'>): string {
  const worth = estimatedValue ?? purchasePrice;
  return worth ? formatMoney(worth) : '';
}

/** Totals by currency as one line, largest first. */
export function formatTotals(totals: { readonly [currency: string]: number }): string {
  return Object.entries(totals)
    .filter(([, amount]) => amount !== 0)
    .toSorted((one, other) => other[1] - one[1])
    .map(([currency, amount]) => formatMoney({ currency, amount }))
    .join(' + ');
}
