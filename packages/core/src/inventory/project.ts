import { stampToMs, type CollectionId, type FolderId, type ItemId, type Json, type Register } from '@cacaw/protocol';
import { isMergePointer } from './merges.ts';
import type { RegisterReader } from '../registers.ts';
import { inventory, type FieldSpec, type KeyedSpec, type TableSpec } from '../schema.ts';
import type { CollectionRow, CustomField, FolderRow, ItemRow } from './rows.ts';
import { fromRegister } from './values.ts';

type Visible = ReadonlyMap<string, Register>;
type Plain = { [name: string]: Json };

/** What a root document says about its collection; how this device reaches it is the device's to add. */
export type CollectionFacts = Omit<CollectionRow, 'id' | 'mode' | 'role' | 'secret' | 'gone'>;

/** A table compiled for reading: specifications by code instead of by name. */
interface Reading {
  readonly defaults: Plain;
  readonly byCode: ReadonlyMap<string, readonly [name: string, spec: FieldSpec]>;
  readonly keyedByCode: ReadonlyMap<string, readonly [name: string, spec: KeyedSpec]>;
}

const compile = (table: TableSpec): Reading => ({
  defaults: Object.fromEntries(Object.entries(table.fields).map(([name, spec]) => [name, spec.default])),
  byCode: new Map(Object.entries(table.fields).map(([name, spec]) => [spec.code, [name, spec]])),
  keyedByCode: new Map(Object.entries(table.keyed).map(([name, spec]) => [spec.code, [name, spec]])),
});

const { collection, folder, field, item } = inventory.tables;
const reading = { collection: compile(collection), folder: compile(folder), field: compile(field), item: compile(item) };

/** Single fields and gathered families of one row, malformed values left out; never throws. */
function read(table: Reading, registers: Visible): { readonly plain: Plain; readonly keyed: { [name: string]: [string, Json][] }; readonly newest: number } {
  const plain: Plain = { ...table.defaults };
  const keyed: { [name: string]: [string, Json][] } = {};
  let newest = 0;
  for (const [code, { value, stamp }] of registers) {
    if (stamp > newest) newest = stamp;
    const single = table.byCode.get(code);
    const colon = single === undefined ? code.indexOf(':') : -1;
    const family = colon > 0 ? table.keyedByCode.get(code.slice(0, colon)) : undefined;
    const [name, spec] = single ?? family ?? [];
    const shown = name === undefined || spec === undefined ? undefined : fromRegister(spec, value);
    if (name === undefined || shown === undefined) continue;
    if (single !== undefined) plain[name] = shown;
    else (keyed[name] ??= []).push([code.slice(colon + 1), shown]);
  }
  return { plain, keyed, newest };
}

const byKey = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : a > b ? 1 : 0);

const keysOn = (pairs: readonly [string, Json][] = []): readonly string[] =>
  Object.freeze(pairs.filter(([, on]) => on === true).map(([key]) => key).sort());

const mapOf = (pairs: readonly [string, Json][] = []): { readonly [key: string]: Json } =>
  Object.freeze(Object.fromEntries(pairs.filter(([, value]) => value !== null).sort(byKey)));

/** Base plus counters per place. A sum below zero is shown as zero but kept, so that later additions still count. */
function placesOf(pairs: readonly [string, Json][] = []): { readonly places: { readonly [place: string]: number }; readonly quantity: number } {
  const sums = new Map<string, number>();
  for (const [key, value] of pairs) {
    const place = key.split('~', 1)[0] ?? '';
    sums.set(place, (sums.get(place) ?? 0) + Math.round((value as number) * 1000));
  }
  const shown = [...sums].map(([place, sum]) => [place, Math.max(0, sum)] as const).sort(byKey);
  const places = Object.fromEntries(shown.map(([place, sum]) => [place, sum / 1000]));
  return { places: Object.freeze(places), quantity: shown.reduce((sum, [, one]) => sum + one, 0) / 1000 };
}

const isRow = (registers: Visible | undefined): registers is Visible =>
  registers !== undefined && !registers.has('Z') && Number.isSafeInteger(registers.get('C')?.value);

/** When the row was put where it lies: its last move, or its birth. */
const movedAt = (registers: Visible): number => stampToMs((registers.get('p') ?? registers.get('C'))?.stamp ?? (0 as Register['stamp']));

/** Whether somebody has deleted this row for ever; whatever stands beside the marker was unseen by them. */
export const isPurged = (registers: Visible | undefined): boolean => registers?.has('Z') ?? false;

/** The item as screens read it; null when it was never born or has been purged. */
export function projectItem(collectionId: CollectionId, id: ItemId, registers: Visible | undefined, note: string): ItemRow | null {
  if (!isRow(registers)) return null;
  const { plain, keyed, newest } = read(reading.item, registers);
  delete plain['purged'];
  if (!isMergePointer(id, plain['mergedInto'])) plain['mergedInto'] = null;
  const row = {
    ...plain,
    id,
    collection: collectionId,
    ...placesOf(keyed['places']),
    tags: keysOn(keyed['tags']),
    barcodes: keysOn(keyed['barcodes']),
    custom: mapOf(keyed['custom']),
    note,
    updatedAt: stampToMs(newest as Register['stamp']),
    movedAt: movedAt(registers),
  };
  return Object.freeze(row) as unknown as ItemRow;
}

/** The folder as screens read it; null when it was never born or has been purged. `registers` are those of root row `F<id>`. */
export function projectFolder(collectionId: CollectionId, id: FolderId, registers: Visible | undefined): FolderRow | null {
  if (!isRow(registers)) return null;
  const { plain, newest } = read(reading.folder, registers);
  const times = { updatedAt: stampToMs(newest as Register['stamp']), movedAt: movedAt(registers) };
  return Object.freeze({ ...plain, id, collection: collectionId, ...times }) as unknown as FolderRow;
}

/** The collection as its root document describes it; null while nothing of it has arrived. */
export function projectCollection(root: RegisterReader): CollectionFacts | null {
  const registers = root.row('@');
  if (!isRow(registers)) return null;
  const { plain, keyed, newest } = read(reading.collection, registers);
  const facts = { ...plain, settings: mapOf(keyed['settings']), fields: customFields(root), updatedAt: stampToMs(newest as Register['stamp']) };
  return Object.freeze(facts) as unknown as CollectionFacts;
}

function customFields(root: RegisterReader): readonly CustomField[] {
  const found: CustomField[] = [];
  for (const row of root.rows()) {
    const registers = row.startsWith('X') ? root.row(row) : undefined;
    if (!isRow(registers)) continue;
    const { plain, keyed } = read(reading.field, registers);
    delete plain['createdAt'];
    const options = Object.freeze(Object.entries(mapOf(keyed['options'])).map(([key, label]) => Object.freeze({ key, label: label as string })));
    found.push(Object.freeze({ ...plain, key: row.slice(1), options }) as unknown as CustomField);
  }
  return Object.freeze(found.sort((a, b) => (a.order === b.order ? byKey([a.key, 0], [b.key, 0]) : byKey([a.order, 0], [b.order, 0]))));
}
