import type { ItemRow, Money } from '@cacaw/core';
import { currencyDigits } from '@cacaw/core/transfer';

type Reading = { readonly ok: true; readonly value: number } | { readonly ok: false };

const bad: Reading = { ok: false };

/** Reads a number or a sum as typed: `12.5`, `3*4`, `10 + 2,50`, `(2+3)*4`. Never evaluates code. */
export function readNumber(typed: string): Reading {
  const tokens = typed.replaceAll(/\s/g, '').match(/\d+(?:[.,]\d+)?|[.,]\d+|[-+*/()]|./g) ?? [];
  let at = 0;

  const atom = (): number => {
    const token = tokens[at++];
    if (token === '-') return -atom();
    if (token !== '(') return token === undefined || !/\d/.test(token) ? Number.NaN : Number(token.replace(',', '.'));
    const inner = sum();
    return tokens[at++] === ')' ? inner : Number.NaN;
  };
  const product = (): number => {
    let value = atom();
    while (tokens[at] === '*' || tokens[at] === '/') value = tokens[at++] === '*' ? value * atom() : value / atom();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-') value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };

  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? { ok: true, value } : bad;
}

/** An amount typed in major units as minor units, rounded to the nearest. */
export function readMoney(typed: string, currency: string): { readonly ok: true; readonly value: Money } | { readonly ok: false } {
  const number = readNumber(typed);
  return number.ok ? { ok: true, value: { amount: Math.round(number.value * 10 ** currencyDigits(currency)), currency } } : { ok: false };
}

/** The amount as one types it, without the currency. */
export function moneyToText(money: Money | null): string {
  if (!money) return '';
  const digits = currencyDigits(money.currency);
  return (money.amount / 10 ** digits).toFixed(digits);
}

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
