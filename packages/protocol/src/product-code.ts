/** What a product is known by all over the world: thirteen digits, the last of which checks the others (GS1 General Specifications, 7.9). */
export interface ProductCode {
  /** EAN-13; a UPC-A has a zero before it, an EAN-8 five. */
  readonly gtin: string;
  /** True for a book's (ISO 2108). */
  readonly isBook: boolean;
}

const weighed = (digits: string, weights: readonly [first: number, second: number]): number =>
  Array.from(digits, Number).reduce((sum, digit, index) => sum + digit * (weights[index % 2] ?? 0), 0);

/** The digit that makes a code of twelve right. */
const checkDigit = (twelve: string): string => String((10 - (weighed(twelve, [1, 3]) % 10)) % 10);

const isChecked = (gtin: string): boolean => checkDigit(gtin.slice(0, 12)) === gtin[12];

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
  return isChecked(gtin) ? { gtin, isBook: /^97[89]/.test(gtin) } : undefined;
}
