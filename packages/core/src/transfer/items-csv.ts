import type { FolderId } from '@cacaw/protocol';
import type { CustomField, FolderRow, ItemRow, Money } from '../inventory/rows.ts';
import { currencyDigits } from './parse-values.ts';

/** Writes items as CSV, row by row, for spreadsheets. */
export interface ItemsCsv {
  /** The header line, with the byte mark by which spreadsheets see that it is UTF-8. */
  begin(): string;
  items(rows: readonly ItemRow[]): string;
}

const columns: readonly (readonly [title: string, cell: (row: ItemRow) => string])[] = [
  ['Name', (row) => row.name],
  ['Quantity', (row) => String(row.quantity)],
  ['Type', (row) => row.type],
  ['Series', (row) => row.series],
  ['Condition', (row) => row.condition],
  ['Description', (row) => row.description],
  ['Tags', (row) => row.tags.join('; ')],
  ['Barcodes', (row) => row.barcodes.join('; ')],
  ['Value', (row) => amount(row.estimatedValue)],
  ['Value currency', (row) => row.estimatedValue?.currency ?? ''],
  ['Paid', (row) => amount(row.purchasePrice)],
  ['Paid currency', (row) => row.purchasePrice?.currency ?? ''],
  ['Acquired', (row) => row.acquiredAt],
  ['Note', (row) => row.note],
  ['Text read from photos', (row) => row.ocrText],
  ['Detected by', (row) => (row.detected === null ? '' : row.detected.model || row.detected.source)],
  ['Archived', (row) => (row.archived ? 'yes' : '')],
  ['In the trash since', (row) => (row.trashedAt === null ? '' : moment(row.trashedAt))],
  ['Created', (row) => moment(row.createdAt)],
  ['Changed', (row) => moment(row.updatedAt)],
  ['Id', (row) => row.id],
];

/** CSV of one collection. `folders` and `fields` give names to places and to values of the collection's own fields. */
export function createItemsCsv(folders: readonly FolderRow[], fields: readonly CustomField[]): ItemsCsv {
  const byId = new Map<string, FolderRow>(folders.map((folder) => [folder.id, folder]));
  const own = fields.filter((field) => field.deletedAt === null);
  const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
  return {
    begin: () => `\ufeff${line(['Folder', ...columns.map(([title]) => title), ...own.map(({ label }) => label)])}`,
    items: (rows) =>
      rows
        .map((row) =>
          line([pathOf(row.folderId, byId), ...columns.map(([, cell]) => cell(row)), ...own.map((field) => customText(row, field))]),
        )
        .join(''),
  };
}

/**
 * One cell as text that no spreadsheet runs: what begins like a formula gets an apostrophe in front, by which spreadsheets
 * know text; line ends and quotes are quoted. Plain numbers stay numbers.
 */
export function csvCell(text: string): string {
  const isFormula = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/u.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n;\t]/.test(safe) || isFormula ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const moment = (ms: number): string => new Date(ms).toISOString();

const amount = (money: Money | null): string => {
  if (money === null) return '';
  const digits = currencyDigits(money.currency);
  return (money.amount / 10 ** digits).toFixed(digits);
};

function pathOf(place: string, byId: ReadonlyMap<string, FolderRow>): string {
  const path: string[] = [];
  const seen = new Set<string>();
  for (let at = byId.get(place); at !== undefined && !seen.has(at.id); at = byId.get(at.parent as FolderId)) {
    seen.add(at.id);
    path.unshift(at.name);
  }
  return path.join(' / ');
}

function customText(row: ItemRow, { key, kind, options }: CustomField): string {
  const value = Object.hasOwn(row.custom, key) ? row.custom[key] : undefined;
  if (value === undefined || value === null) return '';
  if (kind === 'boolean') return value === true ? 'yes' : 'no';
  if (kind === 'enum') return options.find((option) => option.key === value)?.label ?? JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
