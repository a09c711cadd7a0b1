import { canonicalize, isCollectionId, isFolderId, isItemId, ValueError, type CollectionId, type Json } from '@cacaw/protocol';
import type { FolderCopy, ItemCopy } from '../inventory/commands.ts';
import { readLook, readProvenance } from '../inventory/detection-registers.ts';
import type { CustomField, Money, PlaceId } from '../inventory/rows.ts';
import { inventory } from '../schema.ts';
import { bundleFormat, type Bundle, type BundleCollection, type BundleProblem, type NotebookPiece } from './bundle.ts';
import { asList, asPlain, asText, isBackup, type Plain } from './cacaw-json.ts';
import { filesIn, photosIn } from './read-bundle-photos.ts';
import { storable, storableField } from './storable.ts';
import { ImportError } from './table.ts';

/** True for parsed JSON that holds a collection whole, to be made again as it was. */
export const isBundle = (value: unknown): boolean => isBackup(value) && Number.isInteger(asPlain(asPlain(value)['cacaw'])['format']);

/** Reads a bundle; throws {@link ImportError} when it is none or a newer app made it. Rows that cannot be read are listed as problems. */
export function readBundle(value: unknown): Bundle {
  if (!isBundle(value)) throw new ImportError('not-a-backup', 'This JSON file holds no whole collection; import it as a table.');
  const bundle = asPlain(value);
  const head = asPlain(bundle['cacaw']);
  const problems: BundleProblem[] = [];
  const collection = collectionOf(asPlain(head['collection']), problems);
  if (Number(head['format']) > bundleFormat || collection.schemaVersion > inventory.version)
    throw new ImportError('too-new', 'A newer version of the app made this file; reload the page to get that version, then import it.');
  const good = <Row>(rows: readonly unknown[], read: (row: Plain) => Row | string): readonly Row[] =>
    rows.flatMap((one) => {
      const row = read(asPlain(one));
      if (typeof row !== 'string') return [row];
      problems.push({ name: asText(asPlain(one)['name']).slice(0, 100), reason: row });
      return [];
    });
  const folders = withoutRepeats(good(asList(bundle['folders']), folderOf), problems);
  const items = withoutRepeats(good(asList(bundle['items']), itemOf), problems).map((item) => storable(item, problems));
  return { collection, folders, items, notebook: notebookOf(head['notebook'], problems), problems };
}

function withoutRepeats<Row extends { readonly id: string; readonly name: string }>(
  rows: readonly Row[],
  problems: BundleProblem[],
): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter(({ id, name }) => {
    if (seen.has(id)) problems.push({ name, reason: `The id ${id} is in the file twice; the first one counts.` });
    return !seen.has(id) && seen.add(id);
  });
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : otherwise);
const time = (value: unknown): number => Math.max(0, Math.round(number(value, 0)));
const timeOrNull = (value: unknown): number | null => (typeof value === 'number' ? time(value) : null);
const texts = (value: unknown): readonly string[] => [...new Set(asList(value).map(asText))].filter((text) => text !== '');
const place = (value: unknown): PlaceId => (isItemId(value) || isFolderId(value) ? value : '');
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(asPlain(value));

/** Values as they may be stored; undefined for one that is nested too deep or otherwise no value of ours. */
function valueOf(value: unknown): Json | undefined {
  try {
    return canonicalize(value);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

/** Values by key, and the keys of those that cannot be stored. */
function valuesOf(value: unknown): { readonly values: { readonly [key: string]: Json }; readonly bad: readonly string[] } {
  const read = entries(value).map(([key, one]) => [key, valueOf(one)] as const);
  return {
    values: Object.fromEntries(read.flatMap(([key, one]) => (one === undefined ? [] : [[key, one]]))),
    bad: read.flatMap(([key, one]) => (one === undefined ? [key.slice(0, 100).toWellFormed()] : [])),
  };
}

function collectionOf(raw: Plain, problems: BundleProblem[]): BundleCollection {
  const currency = asText(raw['currency']);
  const settings = valuesOf(raw['settings']);
  problems.push(...settings.bad.map((key) => ({ name: `Setting ${key}`, reason: 'Its value cannot be stored.' })));
  return {
    id: (isCollectionId(raw['id']) ? raw['id'] : '') as CollectionId,
    name: asText(raw['name']).slice(0, 100).toWellFormed().trim() || 'Imported',
    type: asText(raw['type']).slice(0, 50).toWellFormed(),
    currency: /^[A-Z]{3}$/.test(currency) ? currency : '',
    schemaVersion: number(raw['schemaVersion'], 1),
    createdAt: time(raw['createdAt']),
    settings: settings.values,
    fields: asList(raw['fields']).map((one) => storableField(fieldOf(asPlain(one)), problems)),
  };
}

const fieldOf = (raw: Plain): CustomField => ({
  key: asText(raw['key']),
  label: asText(raw['label']),
  kind: asText(raw['kind']) as CustomField['kind'],
  unit: asText(raw['unit']),
  options: asList(raw['options']).map((one) => ({ key: asText(asPlain(one)['key']), label: asText(asPlain(one)['label']) })),
  order: asText(raw['order']),
  deletedAt: timeOrNull(raw['deletedAt']),
});

function folderOf(raw: Plain): FolderCopy | string {
  const [own, look] = [asPlain(raw['cacaw']), asPlain(raw['metadata'])];
  if (!isFolderId(raw['id'])) return 'This folder has no id of ten letters and digits.';
  return {
    id: raw['id'],
    name: asText(raw['name']).trim() || 'Folder',
    parent: place(raw['parentId']),
    order: asText(own['order']),
    icon: asText(look['icon']),
    color: asText(look['color']),
    sort: asText(own['sort']),
    view: asText(look['viewMode']),
    ...timesOf(own),
  };
}

const timesOf = (own: Plain): Pick<FolderCopy, 'createdAt' | 'updatedAt' | 'movedAt' | 'trashedAt'> => ({
  createdAt: time(own['createdAt']),
  updatedAt: time(own['updatedAt']),
  movedAt: time(own['movedAt']),
  trashedAt: timeOrNull(own['trashedAt']),
});

function itemOf(raw: Plain): ItemCopy | string {
  const own = asPlain(raw['cacaw']);
  if (!isItemId(raw['id'])) return 'This item has no id of 14 letters and digits.';
  const custom = valuesOf(own['custom']);
  if (custom.bad.length > 0) return `The value of its field ${custom.bad[0] ?? ''} cannot be stored.`;
  return {
    id: raw['id'],
    folderId: place(raw['folderId']),
    name: asText(raw['name']).trim() || 'Item',
    type: asText(raw['type']),
    canContain: own['canContain'] === true,
    order: asText(own['order']),
    series: asText(raw['series']),
    condition: asText(raw['condition']),
    description: asText(raw['description']),
    estimatedValue: moneyOf(own['estimatedValue']),
    purchasePrice: moneyOf(own['purchasePrice']),
    acquiredAt: asText(own['acquiredAt']),
    archived: raw['isArchived'] === true,
    ocrText: asText(raw['ocrText']),
    places: Object.fromEntries(entries(own['places']).map(([key, quantity]) => [key, number(quantity, 0)])),
    tags: texts(raw['tags']),
    barcodes: texts(own['barcodes']),
    custom: custom.values,
    photos: photosIn(own['photos']),
    files: filesIn(own['files']),
    note: asText(raw['notes']),
    look: shaped(own['look'], readLook),
    detected: shaped(own['detected'], readProvenance),
    mergedInto: isItemId(own['mergedInto']) ? own['mergedInto'] : null,
    ...timesOf(own),
  };
}

/** A value with parts; null where there is none, or one we do not understand. */
function shaped<Value>(value: unknown, read: (json: Json) => Value | undefined): Value | null {
  const json = valueOf(value);
  return (json === undefined ? undefined : read(json)) ?? null;
}

function moneyOf(value: unknown): Money | null {
  const { amount, currency } = asPlain(value);
  return typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : null;
}

/** The notebook's text; looks that cannot be stored are left out of it and told. */
function notebookOf(raw: unknown, problems: BundleProblem[]): readonly NotebookPiece[] {
  const bad = new Set<string>();
  const pieces = asList(raw).flatMap((one): NotebookPiece[] => {
    const { insert, attributes } = asPlain(one);
    if (typeof insert !== 'string' || insert === '') return [];
    if (attributes === undefined) return [{ insert: insert.toWellFormed() }];
    const looks = valuesOf(attributes);
    for (const key of looks.bad) bad.add(key);
    return [{ insert: insert.toWellFormed(), attributes: looks.values }];
  });
  problems.push(...[...bad].map((key) => ({ name: 'Notebook', reason: `Its look ${key} cannot be stored.` })));
  return pieces;
}
