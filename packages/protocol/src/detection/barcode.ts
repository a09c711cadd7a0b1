import { isCheckDigitRight } from '../product-code.ts';
import { detectedTextLimits } from './detection.ts';

/** Lengths a trade number (EAN-8, UPC-A, EAN-13 and ISBN-13, GTIN-14) may have; each ends with a check digit. */
const tradeLengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);

/** What a barcode says as an item may have it; undefined for a trade number that was misread, an address, and what is no code. */
export function readBarcode(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > detectedTextLimits.barcode * 2) return undefined;
  const text = value.trim();
  const digits = text.replaceAll(/[ -]/g, '');
  if (/^\d+$/.test(digits) && tradeLengths.has(digits.length)) return isTradeNumber(digits) ? asPrinted(digits) : undefined;
  const isCode = text.length >= 3 && text.length <= detectedTextLimits.barcode && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
  return isCode && !/:\/\/|^(?:www\.|mailto:|tel:|javascript:|data:|wifi:)/i.test(text) ? text : undefined;
}

/** Nothing but zeros checks itself, and is nobody's. */
const isTradeNumber = (digits: string): boolean => isCheckDigitRight(digits) && /[1-9]/.test(digits);

/** An EAN-13 that begins with 0 is the UPC-A without it: the number under the bars has twelve digits, so one thing has one barcode. */
const asPrinted = (digits: string): string => (digits.length === 13 && digits.startsWith('0') ? digits.slice(1) : digits);
