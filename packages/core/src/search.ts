import type { ItemRow } from './inventory/rows.ts';

const ascii = /^[\0-\x7f]*$/;
const marks = /[\u0300-\u036f]/g;
const special = /[ßæœøłđðþıς]/g;
const plain: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

/** Folds case, accents and compatibility forms, so that texts a person would call the same compare equal. */
export function foldText(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(marks, '')
    .toLowerCase()
    .replace(special, (letter) => plain[letter] ?? letter)
    .replace(marks, '');
}

/** The folded words of a search, longest first, because the rarest word ends most scans soonest. */
export function searchWords(text: string): readonly string[] {
  const words = new Set(foldText(text).split(/\s+/u));
  words.delete('');
  return [...words].sort((a, b) => b.length - a.length);
}

/** Everything of an item that search looks through, folded; it begins with the name, so that a match there can be told. */
export function searchableText(row: ItemRow): string {
  const parts = [row.name, ...row.tags, row.series, row.type, row.condition, row.description, row.note, row.ocrText, ...row.barcodes];
  for (const value of Object.values(row.custom)) {
    if (typeof value === 'string' || typeof value === 'number') parts.push(String(value));
  }
  return foldText(parts.filter((part) => part !== '').join('\n'));
}

/** True when the folded text holds every word. */
export const holdsWords = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word));
