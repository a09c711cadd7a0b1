import { stampToMs, type CollectionId, type FolderId, type ItemId, type Json, type Register, type Stamp } from '@cacaw/protocol';
import type { RegisterReader } from '../registers.ts';
import { engineCodes, inventory, type FieldSpec, type KeyedSpec, type TableSpec } from '../schema.ts';
import { isMergePointer } from './merges.ts';
import { filesOf, photosOf } from './photo-registers.ts';
import type { CollectionRow, CustomField, FolderRow, ItemRow } from './rows.ts';
import { fromRegister } from './values.ts';

type Visible = ReadonlyMap<string, Register>;
type Pair = readonly [key: string, value: Json];
type Plain = { [name: string]: unknown };

/** What a root document says about its collection; how this device reaches it is the device's to add. */
export type CollectionFacts = Omit<CollectionRow, 'id' | 'mode' | 'role' | 'secret' | 'gone' | 'parting'>;

/** A table compiled for reading: specifications by code instead of by name, the purge marker left out. */
interface Reading {
  readonly defaults: Plain;
  readonly single: ReadonlyMap<string, readonly [name: string, spec: FieldSpec]>;
  readonly keyed: ReadonlyMap<string, readonly [name: string, spec: KeyedSpec]>;
}

function compile(table: TableSpec, left: readonly string[] = []): Reading {
  const fields = Object.entries(table.fields).filter(([name, { code }]) => code !== engineCodes.purge && !left.includes(name));
  return {
    defaults: Object.fromEntries(fields.map(([name, spec]) => [name, spec.default])),
    single: new Map(fields.map(([name, spec]) => [spec.code, [name, spec]])),
    keyed: new Map(Object.entries(table.keyed).map(([name, spec]) => [spec.code, [name, spec]])),
  };
}

const { collection, folder, field, item } = inventory.tables;
const reading = { collection: compile(collection), folder: compile(folder), field: compile(field, ['createdAt']), item: compile(item) };

/** Single fields of one row, the keys and values of its families, and its times; malformed values are left out. Never throws. */
function read(table: Reading, registers: Visible): { readonly row: Plain; readonly families: ReadonlyMap<string, readonly Pair[]> } {
  const row: Plain = { ...table.defaults };
  const families = new Map<string, Pair[]>();
  let newest = 0;
  for (const [code, { value, stamp }] of registers) {
    if (stamp > newest) newest = stamp;
    const single = table.single.get(code);
    if (single === undefined) readKeyed(table, families, [code, value]);
    const shown = single === undefined ? undefined : fromRegister(single[1], value);
    if (single !== undefined && shown !== undefined) row[single[0]] = shown;
  }
  row['updatedAt'] = stampToMs(newest as Stamp);
  return { row, families };
}

function readKeyed(table: Reading, families: Map<string, Pair[]>, [code, value]: Pair): void {
  const colon = code.indexOf(':');
  const family = colon > 0 ? table.keyed.get(code.slice(0, colon)) : undefined;
  const shown = family === undefined || value === null ? undefined : fromRegister(family[1], value);
  if (family === undefined || shown === undefined) return;
  const found = families.get(family[0]);
  const pair: Pair = [code.slice(colon + 1), shown];
  if (found === undefined) families.set(family[0], [pair]);
  else found.push(pair);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = ([a]: Pair, [b]: Pair): number => compareText(a, b);
const none: readonly string[] = Object.freeze([]);
const noValues: { readonly [key: string]: Json } = Object.freeze({});

const keysOn = (pairs: readonly Pair[] | undefined): readonly string[] =>
  pairs === undefined
    ? none
    : Object.freeze(
        pairs
          .filter(([, on]) => on === true)
          .map(([key]) => key)
          .sort(),
      );

const valuesOf = (pairs: readonly Pair[] | undefined): { readonly [key: string]: Json } =>
  pairs === undefined ? noValues : Object.freeze(Object.fromEntries([...pairs].sort(byKey)));

/**
 * Base plus counters per place, and their sum, added in thousandths so that the order does not matter. A sum below zero is shown
 * as zero but kept, so that later additions still count.
 */
function sumsOf(pairs: readonly Pair[] | undefined): { readonly places: { readonly [place: string]: number }; readonly quantity: number } {
  const sums = new Map<string, number>();
  for (const [key, value] of pairs ?? []) {
    const tilde = key.indexOf('~');
    const place = tilde < 0 ? key : key.slice(0, tilde);
    sums.set(place, (sums.get(place) ?? 0) + Math.round((value as number) * 1000));
  }
  let total = 0;
  const shown = [...sums].map(([place, sum]): Pair => {
    total += Math.max(0, sum);
    return [place, Math.max(0, sum) / 1000];
  });
  return { places: Object.freeze(Object.fromEntries(shown.sort(byKey))) as { readonly [place: string]: number }, quantity: total / 1000 };
}

const isRow = (registers: Visible | undefined): registers is Visible =>
  registers !== undefined && !registers.has(engineCodes.purge) && Number.isSafeInteger(registers.get(engineCodes.birth)?.value);

/** When the row was put where it lies: its last move, or its birth. */
const movedAt = (registers: Visible): number =>
  stampToMs((registers.get(engineCodes.parent) ?? registers.get(engineCodes.birth))?.stamp ?? (0 as Stamp));

/** Whether somebody has deleted this row for ever; whatever stands beside the marker was unseen by them. */
export const isPurged = (registers: Visible | undefined): boolean => registers?.has(engineCodes.purge) ?? false;

/** The item as screens read it; null when it was never born or has been purged. */
export function projectItem(collectionId: CollectionId, id: ItemId, registers: Visible | undefined, note: string): ItemRow | null {
  if (!isRow(registers)) return null;
  const { row, families } = read(reading.item, registers);
  const { places, quantity } = sumsOf(families.get('places'));
  row['id'] = id;
  row['collection'] = collectionId;
  row['quantity'] = quantity;
  row['places'] = places;
  row['tags'] = keysOn(families.get('tags'));
  row['barcodes'] = keysOn(families.get('barcodes'));
  row['custom'] = valuesOf(families.get('custom'));
  row['photos'] = photosOf(families);
  row['files'] = filesOf(families.get('files'));
  row['note'] = note;
  row['movedAt'] = movedAt(registers);
  if (!isMergePointer(id, row['mergedInto'])) row['mergedInto'] = null;
  return Object.freeze(row) as unknown as ItemRow;
}

/** The folder as screens read it; null when it was never born or has been purged. `registers` are those of root row `F<id>`. */
export function projectFolder(collectionId: CollectionId, id: FolderId, registers: Visible | undefined): FolderRow | null {
  if (!isRow(registers)) return null;
  const { row } = read(reading.folder, registers);
  row['id'] = id;
  row['collection'] = collectionId;
  row['movedAt'] = movedAt(registers);
  return Object.freeze(row) as unknown as FolderRow;
}

/** The collection as its root document describes it; null while nothing of it has arrived. */
export function projectCollection(root: RegisterReader): CollectionFacts | null {
  const registers = root.row('@');
  if (!isRow(registers)) return null;
  const { row, families } = read(reading.collection, registers);
  row['settings'] = valuesOf(families.get('settings'));
  row['fields'] = customFields(root);
  return Object.freeze(row) as unknown as CollectionFacts;
}

function customFields(root: RegisterReader): readonly CustomField[] {
  const found: CustomField[] = [];
  for (const name of root.rows()) {
    const registers = name.startsWith('X') ? root.row(name) : undefined;
    if (!isRow(registers)) continue;
    const { row, families } = read(reading.field, registers);
    delete row['updatedAt'];
    row['key'] = name.slice(1);
    row['options'] = Object.freeze(Object.entries(valuesOf(families.get('options'))).map(([key, label]) => Object.freeze({ key, label })));
    found.push(Object.freeze(row) as unknown as CustomField);
  }
  return Object.freeze(found.sort((a, b) => compareText(a.order, b.order) || compareText(a.key, b.key)));
}
