import { detectedTextLimits } from './detection.ts';

/** Lengths a trade number (EAN-8, UPC-A, EAN-13 and ISBN-13, GTIN-14) may have; each ends with a check digit. */
const tradeLengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);

/** What a barcode says as an item may have it; undefined for a trade number that was misread, an address, and what is no code. */
export function readBarcode(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > detectedTextLimits.barcode * 2) return undefined;
  const text = value.trim();
  const digits = text.replaceAll(/[ -]/g, '');
  if (/^\d+$/.test(digits) && tradeLengths.has(digits.length)) return isCheckDigitRight(digits) ? digits : undefined;
  const isCode = text.length >= 3 && text.length <= detectedTextLimits.barcode && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
  return isCode && !/:\/\/|^(?:www\.|mailto:|tel:|javascript:|data:|wifi:)/i.test(text) ? text : undefined;
}

/** The last digit of a trade number makes the others, weighed 3 and 1 from the right, a multiple of ten (GS1 General Specifications, 7.9). */
function isCheckDigitRight(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0 && sum > 0;
}
