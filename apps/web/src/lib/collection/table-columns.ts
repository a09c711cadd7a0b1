import type { SortField } from '@cacaw/client';
import type { CustomField, ItemRow } from '@cacaw/core';
import type { Json } from '@cacaw/protocol';
import { formatWorth } from '#lib/detail/amounts.ts';
import { customToText } from '#lib/detail/custom-values.ts';
import { conditionLabel, kindLabel } from '#lib/start/kinds.ts';

/** One column of the table view beside the name. */
export interface Column {
  readonly field: SortField;
  readonly label: string;
  /** In rem. */
  readonly width: number;
  readonly end: boolean;
  readonly text: (row: ItemRow) => string;
}

const fixed: readonly Column[] = [
  { field: 'quantity', label: 'Qty', width: 4, end: true, text: (row) => row.quantity.toLocaleString() },
  { field: 'type', label: 'Type', width: 8, end: false, text: (row) => kindLabel(row.type) },
  { field: 'series', label: 'Series', width: 8, end: false, text: (row) => row.series },
  { field: 'condition', label: 'Condition', width: 7, end: false, text: (row) => conditionLabel(row.condition) },
  { field: 'value', label: 'Value', width: 7, end: true, text: formatWorth },
  { field: 'acquiredAt', label: 'Acquired', width: 7, end: false, text: (row) => row.acquiredAt },
  { field: 'updatedAt', label: 'Changed', width: 8, end: false, text: (row) => new Date(row.updatedAt).toLocaleDateString() },
];

/** A custom value as one reads it. */
export function customText(field: CustomField, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (field.kind === 'boolean') return value === true ? 'Yes' : 'No';
  if (field.kind === 'enum') return field.options.find((option) => option.key === value)?.label ?? customToText(value);
  const text = typeof value === 'number' ? value.toLocaleString() : customToText(value);
  return field.unit ? `${text} ${field.unit}` : text;
}

/** The table's columns: the fixed ones, then the collection's own fields. */
export function columnsOf(fields: readonly CustomField[]): readonly Column[] {
  const own = fields.map((field): Column => ({
    field: `x:${field.key}`,
    label: field.label,
    width: 8,
    end: field.kind === 'number',
    text: (row) => customText(field, row.custom[field.key]),
  }));
  return [...fixed, ...own];
}

const nameWidth = 14;

/** The grid template of a table line, and the width below which it scrolls sideways. */
export function tableLayout(columns: readonly Column[]): { readonly template: string; readonly width: string } {
  const widths = columns.map((column) => column.width);
  return {
    template: ['28px', `minmax(${nameWidth}rem, 1fr)`, ...widths.map((width) => `${width}rem`)].join(' '),
    width: `${widths.reduce((sum, width) => sum + width + 0.75, nameWidth + 6)}rem`,
  };
}
