import type { Json } from '@cacaw/protocol';
import { checkCount, checkJson, checkQuantity, checkText, checkValue, keyCode } from '../inventory/check.ts';
import { CommandError, type ItemCopy } from '../inventory/commands.ts';
import { checkDefinition } from '../inventory/custom-fields.ts';
import type { CustomField } from '../inventory/rows.ts';
import { isPlaceText } from '../inventory/values.ts';
import { inventory, longestNote, mostKeys, type KeyedSpec } from '../schema.ts';
import type { BundleProblem } from './bundle.ts';

const { fields, keyed } = inventory.tables.item;
const mostOptions = inventory.tables.field.keyed['options']?.many ?? 0;
const { tags, barcodes, places, custom } = keyed as { readonly [Name in 'tags' | 'barcodes' | 'places' | 'custom']: KeyedSpec };

/** Fields an item can do without, by what a person calls them. */
const spared = {
  ...{ type: 'type', series: 'series', condition: 'condition', description: 'description', ocrText: 'text', acquiredAt: 'day of purchase' },
  ...{ estimatedValue: 'value', purchasePrice: 'price', look: 'analysis', detected: 'origin', order: 'place among others' },
} as const;

/**
 * The item without what no command may write, each part of it named: somebody's own program may have put into a collection what the relay
 * lets pass and no app writes, and one such value must not keep its item from being made again.
 */
export function storable(item: ItemCopy, problems: BundleProblem[]): ItemCopy {
  const good = goodIn(item.name, problems);
  return { ...item, ...blanksIn(item, good), ...keysOf(item, good), ...placesOf(item, good), ...noteOf(item, good) };
}

/** The same of a field: what is wrong with one of its options takes none of the others away. One whose key is none is left as it is. */
export function storableField(field: CustomField, problems: BundleProblem[]): CustomField {
  const bare = { key: field.key, label: field.key, kind: 'text', unit: '', options: [] } as const;
  if (!goodIn(field.label, [])('key', () => checkDefinition(bare))) return field;
  const good = goodIn(field.label || field.key, problems);
  const fits = (what: string, part: Partial<CustomField>): boolean => good(what, () => checkDefinition({ ...bare, ...part }));
  const { label, kind, unit } = field;
  const options = field.options.filter((option) => fits('option', { options: [option] }));
  return {
    ...field,
    label: fits('label', { label }) ? label : field.key,
    kind: fits('kind', { kind }) ? kind : 'text',
    unit: fits('unit', { unit }) ? unit : '',
    options: fits('last options', { options }) ? options : options.slice(0, mostOptions),
  };
}

/** Whether a check passes; where it does not, what the row comes without is told. */
const goodIn =
  (name: string, problems: BundleProblem[]): Good =>
  (what, check) => {
    try {
      check();
      return true;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push({ name: name.slice(0, 100).toWellFormed(), reason: `It comes without its ${what}. ${error.message}` });
      return false;
    }
  };

type Good = (what: string, check: () => unknown) => boolean;

function blanksIn(item: ItemCopy, good: Good): Partial<ItemCopy> {
  const names = Object.keys(spared) as (keyof typeof spared)[];
  const bad = names.filter((name) => {
    const spec = fields[name];
    return spec !== undefined && !good(spared[name], () => checkValue(name, spec, item[name]));
  });
  return Object.fromEntries(bad.map((name) => [name, fields[name]?.default ?? null]));
}

function keysOf(item: ItemCopy, good: Good): Pick<ItemCopy, 'tags' | 'barcodes' | 'custom'> {
  const isKey = (what: string, spec: KeyedSpec, key: string): boolean => good(what, () => keyCode(what, spec, key));
  const few = <Key>(what: string, keys: readonly Key[]): readonly Key[] =>
    good(`last ${what}`, () => checkCount(what, keys.length, mostKeys)) ? keys : keys.slice(0, mostKeys);
  const isStorable = ([key, value]: readonly [string, Json]): boolean =>
    isKey('value of a field', custom, key) && good('value of a field', () => checkJson(`value of ${key}`, value, custom.max ?? 0));
  return {
    tags: few('tags', item.tags).filter((key) => isKey('tag', tags, key)),
    barcodes: few('barcodes', item.barcodes).filter((key) => isKey('barcode', barcodes, key)),
    custom: Object.fromEntries(few('values of fields', Object.entries(item.custom)).filter(isStorable)),
  };
}

/** What lies where there is no place is still there: it counts at the top level. */
function placesOf(item: ItemCopy, good: Good): Pick<ItemCopy, 'places'> {
  const sums = new Map<string, number>();
  for (const [key, quantity] of Object.entries(item.places)) {
    const place = isPlaceText(key) && sums.size < mostKeys ? key : '';
    const sum = (sums.get(place) ?? 0) + quantity;
    if (good('quantity', () => checkQuantity('quantity', sum, { min: 0, max: places.max ?? 0 }))) sums.set(place, sum);
  }
  return { places: Object.fromEntries(sums) };
}

function noteOf({ note }: ItemCopy, good: Good): Pick<ItemCopy, 'note'> {
  const isShort = good('whole note', () => checkText('note', note, { max: longestNote }));
  return { note: isShort ? note : Array.from(note).slice(0, longestNote).join('') };
}
