import type { ImportFormat } from './table.ts';

/**
 * True when a cell says nothing. Homebox writes 0, false and the year 1 where nobody entered anything; only in its own columns,
 * never in a field a person defined, nor in a quantity.
 */
export function isBlank(cell: string, column: string, format: ImportFormat): boolean {
  const text = cell.trim();
  if (text === '') return true;
  if (format !== 'homebox' || /^hb\.(field\.|quantity)/i.test(column) || !/^hb\./i.test(column)) return false;
  return /^(0+([.,]0+)?|false|0001-01-01.*)$/i.test(text);
}
