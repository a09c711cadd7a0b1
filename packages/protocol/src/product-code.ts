/** What a product is known by all over the world: thirteen digits, the last of which checks the others (GS1 General Specifications, 7.9). */
export interface ProductCode {
  /** EAN-13; a UPC-A has a zero before it, an EAN-8 five. */
  readonly gtin: string;
  /** True for a book's (ISO 2108). */
  readonly isBook: boolean;
}

/** What the digits before a check digit add up to, weighed 3 and 1 from the right. */
const weighed = (digits: string): number =>
  Array.from(digits, Number)
    .reverse()
    .reduce((sum, digit, at) => sum + digit * (at % 2 === 0 ? 3 : 1), 0);

const checkDigit = (digits: string): string => String((10 - (weighed(digits) % 10)) % 10);

/** True when the last digit of a trade number, of any length, is the one that checks the others. */
export const isCheckDigitRight = (digits: string): boolean => checkDigit(digits.slice(0, -1)) === digits.at(-1);

/** An ISBN-10's own check: weights ten to one, X stands for ten. */
const isTenChecked = (ten: string): boolean =>
  Array.from(ten).reduce((sum, sign, index) => sum + (10 - index) * (sign === 'X' ? 10 : Number(sign)), 0) % 11 === 0;

/** Reads an EAN-13, UPC-A, EAN-8, ISBN-13 or ISBN-10 as people and scanners write them; undefined when it is none or was misread. */
export function readProductCode(text: string): ProductCode | undefined {
  const bare = text.replaceAll(/[\s-]/g, '').toUpperCase();
  if (/^\d{9}[\dX]$/.test(bare)) {
    const twelve = `978${bare.slice(0, 9)}`;
    return isTenChecked(bare) ? { gtin: twelve + checkDigit(twelve), isBook: true } : undefined;
  }
  if (!/^(?:\d{8}|\d{12}|\d{13})$/.test(bare)) return undefined;
  const gtin = bare.padStart(13, '0');
  return isCheckDigitRight(gtin) ? { gtin, isBook: /^97[89]/.test(gtin) } : undefined;
}
