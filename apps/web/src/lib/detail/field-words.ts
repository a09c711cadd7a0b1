import type { CustomField, FolderRow, Money } from '@cacaw/core';
import type { Json } from '@cacaw/protocol';
import { customText } from '../collection/table-columns.ts';
import { conditionLabel, kindLabel } from '../start/kinds.ts';
import { formatMoney } from './amounts.ts';
import { customToText } from './custom-values.ts';

/** What naming a value needs of its collection. */
export interface FieldSurroundings {
  readonly fields: readonly CustomField[];
  readonly foldersById: ReadonlyMap<string, FolderRow>;
}

interface FieldWords {
  readonly label: string;
  readonly text: (value: Json, around: FieldSurroundings) => string;
}

const plain = (label: string): FieldWords => ({ label, text: (value) => customToText(value) });
const money = (label: string): FieldWords => ({ label, text: (value) => (value === null ? '' : formatMoney(value as unknown as Money)) });
const yesOrNo = (label: string): FieldWords => ({ label, text: (value) => (value === true ? 'Yes' : 'No') });

const words: { readonly [field: string]: FieldWords } = {
  name: plain('Name'),
  type: { label: 'Type', text: (value) => kindLabel(customToText(value)) },
  folderId: {
    label: 'Place',
    text: (value, { foldersById }) => foldersById.get(customToText(value))?.name ?? (value === '' ? 'no folder' : 'elsewhere'),
  },
  canContain: yesOrNo('Can hold items'),
  series: plain('Series'),
  condition: { label: 'Condition', text: (value) => conditionLabel(customToText(value)) },
  description: plain('Description'),
  estimatedValue: money('Value'),
  purchasePrice: money('Paid'),
  acquiredAt: plain('Acquired'),
  archived: yesOrNo('Archived'),
  ocrText: plain('Text read from photos'),
};

const wordsOf = (field: string, { fields }: FieldSurroundings): FieldWords => {
  const own = fields.find(({ key }) => field === `x:${key}`);
  return own ? { label: own.label, text: (value) => customText(own, value) } : (words[field] ?? plain(field));
};

/** The label under which people know a field. */
export const fieldLabel = (field: string, around: FieldSurroundings): string => wordsOf(field, around).label;

/** A field's value as people read it; what is empty is said in words. */
export const fieldText = (field: string, value: Json, around: FieldSurroundings): string =>
  wordsOf(field, around).text(value, around) || 'nothing';
