import { foldText } from '../search.ts';
import type { ImportCustomField } from './mapping.ts';
import { parseDay } from './parse-values.ts';

const longestKey = 40;

/**
 * The key of a field made from a column, the same on every device, so that two people who import the same file define the
 * same field. Labels without any Latin letter or digit get a key from their characters' codes.
 */
export function fieldKey(label: string): string {
  const slug = foldText(label)
    .replace(/[^0-9a-z]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, longestKey);
  if (/^[\0-\x7f]*$/.test(label) && slug !== '') return slug;
  return `${slug.slice(0, 28)}${slug === '' ? 'field' : ''}-${hash(label)}`;
}

/** 32-bit FNV-1a; only has to tell labels of one collection apart. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

/** The narrowest kind that every filled cell fits; numbers that would lose characters (`007`, `1e3`) stay text. */
export function columnKind(cells: readonly string[]): ImportCustomField['kind'] {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (filled.length === 0) return 'text';
  if (filled.every((cell) => /^(true|false|yes|no)$/i.test(cell))) return 'boolean';
  if (filled.every((cell) => cell.length < 16 && String(Number(cell)) === cell)) return 'number';
  if (filled.every((cell) => /^\d{4}-\d{2}-\d{2}(T[\d:.Z+-]*)?$/.test(cell) && parseDay(cell, true) !== undefined)) return 'date';
  if (filled.every((cell) => /^https?:\/\/\S+$/i.test(cell))) return 'url';
  return 'text';
}
