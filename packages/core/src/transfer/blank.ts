import type { ImportFormat } from './table.ts';

/** True when a trimmed cell of one column says nothing. */
export type BlankTest = (text: string) => boolean;

const isEmpty: BlankTest = (text) => text === '';
const isHomeboxBlank: BlankTest = (text) => {
  if (text === '') return true;
  const first = text.charCodeAt(0);
  return (first === 48 || first === 70 || first === 102) && /^(0+([.,]0+)?|false|0001-01-01.*)$/i.test(text);
};

/**
 * How a column says nothing. Homebox writes 0, false and the year 1 where nobody entered anything; only in its own columns,
 * never in a field a person defined, nor in a quantity.
 */
export function blankTest(column: string, format: ImportFormat): BlankTest {
  const isOwn =
    format === 'homebox' && /^hb\./i.test(column) && !/^hb\.(field\.|quantity|name|import_ref|parent_import_ref|location)/i.test(column);
  return isOwn ? isHomeboxBlank : isEmpty;
}
