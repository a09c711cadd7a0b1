import type { CustomField } from '@cacaw/core';
import { fieldKey, type ImportField, type ImportTarget } from '@cacaw/core/transfer';

/** The item fields a column can feed, as the person reads them. */
export const fieldLabels: { readonly [field in ImportField]: string } = {
  name: 'Name',
  place: 'Folder',
  quantity: 'Quantity',
  tags: 'Tags',
  type: 'Type',
  series: 'Series',
  condition: 'Condition',
  description: 'Description',
  note: 'Note',
  estimatedValue: 'Value',
  purchasePrice: 'Paid',
  currency: 'Currency',
  acquiredAt: 'Acquired',
  barcodes: 'Barcode',
  archived: 'Archived',
  canContain: 'Can contain',
  ocrText: 'Text read from photos',
  reference: 'Reference (finds the item again)',
  parentReference: 'Reference of what holds it',
};

const kinds: readonly { readonly kind: CustomField['kind']; readonly label: string }[] = [
  { kind: 'text', label: 'text' },
  { kind: 'number', label: 'number' },
  { kind: 'date', label: 'date' },
  { kind: 'boolean', label: 'yes or no' },
  { kind: 'url', label: 'link' },
];

const kindText = (kind: CustomField['kind']): string => kinds.find((known) => known.kind === kind)?.label ?? 'choice';

/** One choice of the select beside a column. */
export interface TargetChoice {
  readonly key: string;
  readonly label: string;
  readonly target: ImportTarget;
}

/** Names a target, so that a select can hold it. */
export function targetKey(target: ImportTarget): string {
  if (target.to === 'field') return `field ${target.field}`;
  return target.to === 'custom' ? `custom ${target.field.key} ${target.field.kind}` : target.to;
}

/** Where one column may go, in groups: item fields, fields of the collection, a field of its own, the note, nowhere. */
export function choicesFor(
  column: string,
  current: ImportTarget,
  fields: readonly CustomField[],
): readonly { readonly group: string; readonly choices: readonly TargetChoice[] }[] {
  const choice = (label: string, target: ImportTarget): TargetChoice => ({ key: targetKey(target), label, target });
  const items = (Object.entries(fieldLabels) as [ImportField, string][]).map(([field, label]) => choice(label, { to: 'field', field }));
  const own = fields.map(({ key, label, kind, options }) => choice(label, { to: 'custom', field: { key, label, kind, options } }));
  const fresh = kinds.map(({ kind, label }) =>
    choice(`New field “${column}” (${label})`, { to: 'custom', field: { key: fieldKey(column), label: column, kind, options: [] } }),
  );
  const rest = [choice('A line of the note', { to: 'leftover' }), choice('Leave out', { to: 'nothing' })];
  const groups = [
    { group: 'Item', choices: items },
    { group: 'Fields of this collection', choices: own },
    { group: 'New field', choices: fresh },
    { group: 'Otherwise', choices: rest },
  ];
  const known = groups.some(({ choices }) => choices.some(({ key }) => key === targetKey(current)));
  if (!known && current.to === 'custom')
    groups[2]?.choices.unshift(choice(`New field “${current.field.label}” (${kindText(current.field.kind)})`, current));
  return groups.filter(({ choices }) => choices.length > 0);
}
