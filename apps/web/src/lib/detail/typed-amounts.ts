import type { Money } from '@cacaw/core';
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
