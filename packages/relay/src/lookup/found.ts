import { showableOf, type LookupFound, type LookupPrice, type LookupSourceName } from '@cacaw/protocol/http';
import { detectedTextLimits } from '@cacaw/protocol/detection';
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

const line = (text: string): string => showableOf(text.replaceAll(/\s+/gu, ' ')).trim();
const cut = (text: string, most: number): string => Array.from(text).slice(0, most).join('');

/** The same as an item's fields take it; nothing without a name. */
export function foundOf({ source, name, type = '', series = '', description = [], codes = [], prices = [] }: Said): readonly LookupFound[] {
  const title = cut(line(name), detectedTextLimits.name);
  if (title === '') return [];
  const lines = description.map((one) => line(one ?? '')).filter((one) => one !== '');
  return [
    {
      source,
      name: title,
      type: cut(line(type), detectedTextLimits.type),
      series: cut(line(series), detectedTextLimits.series),
      description: cut(lines.join('\n'), detectedTextLimits.description),
      barcodes: [...new Set(codes.flatMap((code) => readProductCode(code)?.gtin ?? []))].slice(0, 5),
      prices: prices.flatMap(priceOf),
    },
  ];
}

const mostAmount = 1e9;

/** A price whose amount or currency nobody can be sure of is none. */
function priceOf({ kind, amount, currency }: NonNullable<Said['prices']>[number]): readonly LookupPrice[] {
  const number = typeof amount === 'string' && /^\d{1,9}(?:\.\d{1,4})?$/.test(amount) ? Number(amount) : amount;
  const isPrice = typeof number === 'number' && Number.isFinite(number) && number > 0 && number <= mostAmount;
  return isPrice && /^[A-Z]{3}$/.test(currency) ? [{ kind, amount: Math.round(number * 100) / 100, currency }] : [];
}
