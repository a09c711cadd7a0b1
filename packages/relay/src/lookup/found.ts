import type { LookupFound, LookupPrice, LookupSourceName } from '@cacaw/protocol/http';
import { detectedTextLimits, readText } from '@cacaw/protocol/detection';
import { readProductCode } from '@cacaw/protocol';

/** What a service said of one thing, as it said it. */
export interface Said {
  readonly source: LookupSourceName;
  readonly name: string;
  readonly type?: string | undefined;
  readonly series?: string | undefined;
  /** Joined line by line; what is empty is left out. */
  readonly description?: readonly (string | undefined)[];
  readonly codes?: readonly string[];
  readonly prices?: readonly (Omit<LookupPrice, 'amount'> & { readonly amount: unknown })[];
}

/** The same as an item's fields take it; nothing without a name. */
export function foundOf({ source, name, type = '', series = '', description = [], codes = [], prices = [] }: Said): readonly LookupFound[] {
  const title = readText(name, detectedTextLimits.name);
  if (title === '') return [];
  return [
    {
      source,
      name: title,
      type: readText(type, detectedTextLimits.type),
      series: readText(series, detectedTextLimits.series),
      description: description.reduce(withLine, ''),
      barcodes: [...new Set(codes.flatMap((code) => readProductCode(code)?.gtin ?? []))].slice(0, 5),
      prices: prices.flatMap(priceOf),
    },
  ];
}

/** A text with one more line, as far as there is room for it. */
function withLine(text: string, line = ''): string {
  const begun = text === '' ? '' : `${text}\n`;
  const read = readText(line, Math.max(0, detectedTextLimits.description - begun.length));
  return read === '' ? text : `${begun}${read}`;
}

const mostAmount = 1e9;

/** A price whose amount or currency nobody can be sure of is none. */
function priceOf({ kind, amount, currency }: NonNullable<Said['prices']>[number]): readonly LookupPrice[] {
  const number = typeof amount === 'string' && /^\d{1,9}(?:\.\d{1,4})?$/.test(amount) ? Number(amount) : amount;
  const isPrice = typeof number === 'number' && Number.isFinite(number) && number > 0 && number <= mostAmount;
  return isPrice && /^[A-Z]{3}$/.test(currency) ? [{ kind, amount: Math.round(number * 100) / 100, currency }] : [];
}
