import type { Money } from '../inventory/rows.ts';

/** How numbers and days are written in one file. */
export interface WritingStyle {
  readonly decimal: '.' | ',';
  /** Whether the day or the month comes first in `5/6/2024`. */
  readonly dayFirst: boolean;
  /** Currency of amounts that name none. */
  readonly currency: string;
}

const spaces = /[\s\u00a0\u202f'’_]/g;

/** A number as people write it, or undefined. Thousands may be grouped; the decimal sign is the file's. */
export function parseNumber(text: string, decimal: '.' | ','): number | undefined {
  const compact = text.replace(spaces, '');
  const match = decimal === '.' ? pointNumber.exec(compact) : commaNumber.exec(compact);
  if (match === null) return undefined;
  const whole = (match[1] ?? '').replace(/[.,]/g, '');
  const number = Number(`${whole}${(match[2] ?? '').replace(',', '.')}${match[3] ?? ''}`);
  return Number.isFinite(number) && /\d/.test(compact) ? number : undefined;
}

/** Whole part with or without groups of three, fraction, exponent. */
const pointNumber = /^([+-]?(?:\d{1,3}(?:,\d{3})+|\d*))(\.\d*)?(e[+-]?\d{1,3})?$/i;
const commaNumber = /^([+-]?(?:\d{1,3}(?:\.\d{3})+|\d*))(,\d*)?(e[+-]?\d{1,3})?$/i;

const wholeUnits = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const thousandths = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** Decimal digits of a currency: minor units are `10 ** digits` to one. */
export const currencyDigits = (currency: string): number => (wholeUnits.has(currency) ? 0 : thousandths.has(currency) ? 3 : 2);

/** Signs that several currencies share stand for the file's own where it is one of them, else for the first. */
const signs: readonly (readonly [sign: string, currencies: readonly string[]])[] = [
  ['R$', ['BRL']],
  ['zł', ['PLN']],
  ['Kč', ['CZK']],
  ['kr', ['SEK', 'NOK', 'DKK', 'ISK']],
  ['€', ['EUR']],
  ['£', ['GBP']],
  ['¥', ['JPY', 'CNY']],
  ['₹', ['INR']],
  ['₩', ['KRW']],
  ['₽', ['RUB']],
  ['₺', ['TRY']],
  ['₴', ['UAH']],
  ['$', ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'CLP', 'COP', 'ARS']],
];

/** An amount with an optional sign or three-letter code around it, or undefined. */
export function parseMoney(text: string, style: Pick<WritingStyle, 'decimal' | 'currency'>): Money | undefined {
  const named = takeCurrency(text.trim(), style.currency);
  if (named === undefined) return undefined;
  const number = parseNumber(named.rest, style.decimal);
  if (number === undefined) return undefined;
  const amount = Math.round(Number((number * 10 ** currencyDigits(named.currency)).toPrecision(15)));
  return Number.isSafeInteger(amount) ? { amount: amount === 0 ? 0 : amount, currency: named.currency } : undefined;
}

function takeCurrency(text: string, fallback: string): { readonly rest: string; readonly currency: string } | undefined {
  const [code] = /(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])/.exec(text) ?? [];
  if (code !== undefined) return { rest: text.replace(code, ''), currency: code };
  for (const [sign, currencies] of signs) {
    if (text.includes(sign))
      return { rest: text.replace(sign, ''), currency: currencies.includes(fallback) ? fallback : (currencies[0] ?? fallback) };
  }
  return fallback === '' ? undefined : { rest: text, currency: fallback };
}

const yes = new Set(['true', 'yes', 'y', '1', 'x', 'on']);
const no = new Set(['false', 'no', 'n', '0', 'off', '']);

/** True and false as the usual programs write them, or undefined. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A calendar day as `YYYY-MM-DD`: ISO with or without a time, `d/m/y`, `m/d/y` or with an English month; undefined when it is none. */
export function parseDay(text: string, dayFirst: boolean): string | undefined {
  const compact = text.trim();
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(compact);
  if (iso !== null) return dayText(iso[1], iso[2], iso[3]);
  const numeric = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?$/.exec(compact);
  if (numeric !== null) return dayFirst ? dayText(numeric[3], numeric[2], numeric[1]) : dayText(numeric[3], numeric[1], numeric[2]);
  const named =
    /^(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})$/.exec(compact) ?? swapped(/^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/.exec(compact));
  return named === null ? undefined : dayText(named[3], String(months.indexOf((named[2] ?? '').slice(0, 3).toLowerCase()) + 1), named[1]);
}

const swapped = (match: readonly string[] | null): readonly string[] | null =>
  match && [match[0] ?? '', match[2] ?? '', match[1] ?? '', match[3] ?? ''];

function dayText(yearDigits = '', month = '', day = ''): string | undefined {
  const year = yearDigits.length === 2 ? String(Number(yearDigits) + (Number(yearDigits) < 70 ? 2000 : 1900)) : yearDigits;
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = time.getUTCMonth() === Number(month) - 1 && time.getUTCDate() === Number(day);
  return isReal && Number(month) > 0 ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : undefined;
}
