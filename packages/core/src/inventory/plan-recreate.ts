import { isFolderId, isItemId, shardOf, type FolderId, type ItemId, type Json } from '@cacaw/protocol';
import { inventory, longestNote, mostKeys, type KeyedSpec, type TableSpec } from '../schema.ts';
import { badValue, checkCount, checkJson, checkQuantity, checkText, checkValue, keyCode } from './check.ts';
import type { Command, FolderCopy, ItemCopy } from './commands.ts';
import { checkDefinition } from './custom-fields.ts';
import { isMergePointer } from './merges.ts';
import { unsealed } from './plan-look.ts';
import { checkCopiedBlobs, copiedPhotoPairs } from './plan-photos.ts';
import { folderAddress, itemAddress, notesBase, rowsBase, type CopyTimes, type Draft, type RowAddress } from './plan-draft.ts';
import type { CustomField } from './rows.ts';
import { isPlaceText, toRegister } from './values.ts';

type Pairs = readonly (readonly [code: string, stored: Json])[];

const { collection: collectionTable, folder: folderTable, item: itemTable } = inventory.tables;
const collectionAddress = { base: 'root', row: '@' } as const;
const settingSpec = collectionTable.keyed['settings'] as KeyedSpec;
const keyed = itemTable.keyed as { readonly [Name in 'tags' | 'barcodes' | 'places' | 'custom']: KeyedSpec };

/** Makes rows as they stood in another collection. What is there already is never touched: a taken id refuses the command. */
export function recreate(
  draft: Draft,
  { copies }: Extract<Command, { readonly type: 'recreate' }>,
): { readonly items: readonly ItemId[]; readonly folders: readonly FolderId[] } {
  const { createdAt, settings = {}, fields = [], folders = [], items = [] } = copies;
  if (createdAt !== undefined) draft.set(collectionAddress, 'C', checkTime('creation time', createdAt));
  for (const [key, value] of Object.entries(settings))
    draft.set(collectionAddress, keyCode('setting', settingSpec, key), checkJson(`setting ${key}`, value, settingSpec.max ?? 0));
  for (const field of fields) recreateField(draft, field);
  for (const folder of folders) recreateFolder(draft, folder);
  recreateItems(draft, items);
  checkCopiedBlobs(copies);
  return { items: items.map(({ id }) => id), folders: folders.map(({ id }) => id) };
}

function recreateField(draft: Draft, field: CustomField): void {
  const address = { base: 'root', row: `X${field.key}` };
  const codes = checkDefinition(field);
  refuseTaken(draft, address, field.key);
  const order = checkText('order', field.order, { max: orderLength });
  draft.birth(address, { ...codes, o: order, ...(field.deletedAt === null ? {} : { D: checkTime('removal time', field.deletedAt) }) });
}

function recreateFolder(draft: Draft, folder: FolderCopy): void {
  if (!isFolderId(folder.id)) throw badValue('folder id', folder.id, 'A folder is named by 10 letters and digits.');
  const { id, parent, movedAt, updatedAt, ...fields } = folder;
  const address = folderAddress(id);
  refuseTaken(draft, address, id);
  draft.copy(address, Object.fromEntries([...checkSingles(folderTable, fields), ...placePair(parent)]), times({ movedAt, updatedAt }));
}

/** Births stay in the shard the id names; a shard that is new here is named in the root. */
function recreateItems(draft: Draft, items: readonly ItemCopy[]): void {
  for (const { id } of items) if (!isItemId(id)) throw badValue('item id', id, 'An item is named by 14 letters and digits.');
  const shards = new Set(items.map(({ id }) => shardOf(id)));
  draft.hydrate(['root', ...[...shards].flatMap((shard) => [rowsBase(shard), notesBase(shard)])]);
  let openedAt = draft.nowMs;
  for (const shard of shards) {
    const hint = { base: 'root', row: `S${shard}` };
    if (draft.registers('root').row(hint.row) === undefined) draft.birth(hint, { C: openedAt++ });
  }
  for (const item of items) recreateItem(draft, item);
}

function recreateItem(draft: Draft, item: ItemCopy): void {
  const { id, folderId, movedAt, updatedAt, places, tags, barcodes, custom, note, mergedInto, photos, files, look, ...rest } = item;
  // Seals are of the place it stood in.
  const single = { ...rest, look: look && unsealed(look) };
  const address = itemAddress(id);
  refuseTaken(draft, address, id);
  const pairs: Pairs = [
    ...placePair(folderId),
    ...checkSingles(itemTable, single),
    ...(isMergePointer(id, mergedInto) ? [['m', mergedInto] as const] : []),
    ...flags('tags', tags),
    ...flags('barcodes', barcodes),
    ...Object.entries(places).map(([place, quantity]) => placeQuantity(place, quantity)),
    ...Object.entries(custom).map(([key, value]) => customValue(key, value)),
    ...copiedPhotoPairs(photos, files),
  ];
  checkCount('values', pairs.length, 5 * mostKeys);
  draft.copy(address, Object.fromEntries(pairs), times({ movedAt, updatedAt }));
  draft.note(id, '', checkText('note', note, { max: longestNote }));
}

/** Single fields as they are stored, what says nothing left out; the times of birth and trash are kept, unlike in an edit. */
function checkSingles(table: TableSpec, row: object): Pairs {
  const pairs: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(row) as [string, Json | undefined][]) {
    const spec = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
    if (spec === undefined || value === undefined) throw badValue(name, value, 'There is no such field.');
    const stored = spec.kind === 'time' && value !== null ? checkTime(name, value) : toRegister(spec, checkValue(name, spec, value));
    if (name === 'createdAt' || stored !== toRegister(spec, spec.default)) pairs.push([spec.code, stored]);
  }
  return pairs;
}

const orderLength = 64;
const latestTime = 8.64e15;

function checkTime(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > latestTime)
    throw badValue(name, value, 'Use milliseconds since 1970.');
  return value;
}

const times = ({ movedAt, updatedAt }: CopyTimes): CopyTimes => ({
  movedAt: checkTime('time of the last move', movedAt),
  updatedAt: checkTime('time of the last change', updatedAt),
});

function placePair(place: string): Pairs {
  if (!isPlaceText(place)) throw badValue('place', place, 'Name a folder, an item that can contain, or the top level.');
  return place === '' ? [] : [['p', place]];
}

const flags = (name: 'tags' | 'barcodes', keys: readonly string[]): Pairs =>
  keys.map((key) => [keyCode(name, keyed[name], key), 1] as const);

function placeQuantity(place: string, quantity: number): Pairs[number] {
  if (!isPlaceText(place)) throw badValue('place', place, 'Name a folder, an item that can contain, or the top level.');
  return [`${keyed.places.code}:${place}`, checkQuantity('quantity', quantity, { min: 0, max: keyed.places.max ?? 0 })];
}

/** Values outlive the removal of their field and a change of its kind, so they are taken as they are. */
const customValue = (key: string, value: Json): Pairs[number] => [
  keyCode('field', keyed.custom, key),
  checkJson(`value of ${key}`, value, keyed.custom.max ?? 0),
];

function refuseTaken(draft: Draft, { base, row }: RowAddress, id: string): void {
  if (draft.registers(base).row(row) !== undefined) throw badValue('id', id, 'It is taken in this collection; use a fresh one.');
}
