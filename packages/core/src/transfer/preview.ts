import type { ItemId } from '@cacaw/protocol';
import { CommandError, type ItemDraft } from '../inventory/commands.ts';
import type { CustomField, FolderRow, ItemRow, PlaceId } from '../inventory/rows.ts';
import { foldText } from '../search.ts';
import { FolderPlan, folderPlaces, type ImportPlace, type PlannedFolder } from './folder-plan.ts';
import { referenceField, type ImportCustomField, type ImportMapping } from './mapping.ts';
import { deepestNesting, nestingFaults, type NestingFault } from './nesting.ts';
import { CellError, rowReader, type ItemReading } from './row-reader.ts';
import type { ImportRow, ImportTable, ImportWarning } from './table.ts';
import { updateOf, type RowUpdate } from './update-row.ts';

/** What importing one row would do. `inside` is the index of the row whose item will hold this one. */
export type PreviewRow = { readonly line: number; readonly name: string; readonly warning?: string | undefined } & (
  | { readonly outcome: 'create'; readonly draft: ItemDraft; readonly place: ImportPlace; readonly inside?: number | undefined }
  | { readonly outcome: 'update'; readonly item: ItemId; readonly update: RowUpdate }
  | { readonly outcome: 'same'; readonly item: ItemId }
  | { readonly outcome: 'error'; readonly column: string; readonly reason: string }
);

/** Everything an import would do, before anything is written: plain data to show, then to hand to the importer. */
export interface ImportPreview {
  readonly source: string;
  readonly rows: readonly PreviewRow[];
  readonly counts: { readonly [Outcome in PreviewRow['outcome']]: number };
  readonly folders: readonly PlannedFolder[];
  readonly fields: readonly ImportCustomField[];
  /** Items already there that have to be able to contain. */
  readonly containers: readonly ItemId[];
  readonly warnings: readonly ImportWarning[];
}

/** The collection to import into, as it stands. */
export interface ImportInto {
  readonly folders: readonly FolderRow[];
  readonly fields: readonly CustomField[];
  readonly items: Iterable<ItemRow>;
}

/** Works out what every row of a table would do. Never throws on what a row says: bad rows are listed with their reasons. */
export function previewImport(table: ImportTable, mapping: ImportMapping, into: ImportInto): ImportPreview {
  const steps = previewInSteps(table, mapping, into);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const rowsPerStep = 256;

/** As {@link previewImport}, pausing after every few hundred rows so that a large file can be read without blocking; yields rows read. */
export function* previewInSteps(table: ImportTable, mapping: ImportMapping, into: ImportInto): Generator<number, ImportPreview> {
  const previewing = new Previewing(table, mapping, into);
  for (let at = 0; at < table.rows.length; at += rowsPerStep) {
    for (const row of table.rows.slice(at, at + rowsPerStep)) previewing.add(row);
    yield Math.min(at + rowsPerStep, table.rows.length);
  }
  return previewing.end();
}

interface Read {
  readonly row: ImportRow;
  readonly reading: ItemReading;
}

class Previewing {
  readonly #table: ImportTable;
  readonly #mapping: ImportMapping;
  readonly #into: ImportInto;
  readonly #read: (row: ImportRow) => ItemReading;
  readonly #results: (Read | Extract<PreviewRow, { outcome: 'error' }>)[] = [];
  readonly #rowByReference = new Map<string, number>();
  readonly #plan: FolderPlan;
  readonly #existing: ExistingItems;
  readonly #containers = new Set<ItemId>();
  #faults: ReadonlyMap<number, NestingFault> = new Map();

  constructor(table: ImportTable, mapping: ImportMapping, into: ImportInto) {
    this.#table = table;
    this.#mapping = mapping;
    this.#into = into;
    this.#read = rowReader(table, mapping);
    this.#plan = new FolderPlan(into.folders, table.folders);
    this.#existing = new ExistingItems(into, mapping.matchByName);
  }

  add(row: ImportRow): void {
    try {
      const reading = this.#read(row);
      this.#claimReference(reading.reference);
      this.#results.push({ row, reading });
    } catch (error) {
      if (!(error instanceof CellError || error instanceof CommandError)) throw error;
      const column = error instanceof CellError ? error.column : this.#columnOf(error);
      this.#results.push({ outcome: 'error', line: row.line, name: this.#nameOf(row), column, reason: error.message });
    }
  }

  end(): ImportPreview {
    this.#faults = nestingFaults(this.#results.length, (at) => this.#parentRow(at));
    const known = this.#results.map((result) => ('outcome' in result ? undefined : this.#existing.find(result.reading)));
    const rows = this.#results.map((result, at) => ('outcome' in result ? result : this.#outcome(result, at, known)));
    const holders = new Set(rows.flatMap((row) => (row.outcome === 'create' && row.inside !== undefined ? [row.inside] : [])));
    const marked = rows.map((row, at) =>
      row.outcome === 'create' && holders.has(at) ? { ...row, draft: { ...row.draft, canContain: true } } : row,
    );
    return {
      source: this.#table.source,
      rows: marked,
      counts: countOutcomes(marked),
      folders: this.#plan.folders,
      fields: this.#newFields(marked),
      containers: [...this.#containers],
      warnings: this.#table.warnings,
    };
  }

  #claimReference(reference: string): void {
    if (reference === '') return;
    const first = this.#rowByReference.get(reference);
    if (first !== undefined) {
      const line = this.#table.rows[first]?.line ?? 0;
      throw new CellError(
        referenceField.label,
        `The reference "${reference.slice(0, 40)}" already stands on line ${line}; give each row its own.`,
      );
    }
    this.#rowByReference.set(reference, this.#results.length);
  }

  /** The first column that feeds the field a command error is about. */
  #columnOf(error: CommandError): string {
    const named = error.details['field'];
    const field = typeof named === 'string' ? named : '';
    const at = this.#mapping.targets.findIndex((target) => target.to === 'field' && target.field === field);
    return this.#table.columns[at] ?? field;
  }

  #nameOf(row: ImportRow): string {
    const at = this.#mapping.targets.findIndex((target) => target.to === 'field' && target.field === 'name');
    return (row.cells[at] ?? '').trim().slice(0, 100).toWellFormed();
  }

  #outcome({ row, reading }: Read, at: number, known: readonly (ItemRow | undefined)[]): PreviewRow {
    const { draft } = reading;
    const shown = { line: row.line, name: draft.name };
    const item = known[at];
    if (item !== undefined) {
      const update = updateOf(item, draft);
      return update === undefined ? { ...shown, outcome: 'same', item: item.id } : { ...shown, outcome: 'update', item: item.id, update };
    }
    const holder = this.#holder(reading, at, known);
    if (holder.kind === 'row') return { ...shown, outcome: 'create', draft, place: { kind: 'existing', id: '' }, inside: holder.at };
    if (holder.kind === 'item') return { ...shown, outcome: 'create', draft, place: { kind: 'existing', id: holder.id } };
    return {
      ...shown,
      outcome: 'create',
      draft,
      place: this.#plan.place(reading.path),
      ...(holder.warning === undefined ? {} : { warning: holder.warning }),
    };
  }

  /** What holds a row: another row's item, an item already there, or nothing but its place. */
  #holder({ parentReference: reference }: ItemReading, at: number, known: readonly (ItemRow | undefined)[]): Holder {
    if (reference === '') return { kind: 'none' };
    const parent = this.#rowByReference.get(reference);
    const item = (parent === undefined ? undefined : known[parent]) ?? this.#existing.byReference(reference);
    if (item !== undefined) {
      if (!item.canContain) this.#containers.add(item.id);
      return { kind: 'item', id: item.id };
    }
    if (parent === undefined)
      return { kind: 'none', warning: `No item "${reference.slice(0, 40)}" to put this into; it goes to its place.` };
    const fault = this.#faults.get(at);
    if (fault !== undefined) return { kind: 'none', warning: nestingWarnings[fault] };
    return { kind: 'row', at: parent };
  }

  #parentRow(at: number): number | undefined {
    const result = this.#results[at];
    return result === undefined || 'outcome' in result ? undefined : this.#rowByReference.get(result.reading.parentReference);
  }

  #newFields(rows: readonly PreviewRow[]): readonly ImportCustomField[] {
    const used = new Set<string>();
    for (const row of rows) for (const key in customOf(row)) used.add(key);
    const known = new Set(this.#into.fields.filter((field) => field.deletedAt === null).map((field) => field.key));
    const wanted = [...this.#mapping.targets.flatMap((target) => (target.to === 'custom' ? [target.field] : [])), referenceField];
    return wanted.filter(({ key }, at) => used.has(key) && !known.has(key) && wanted.findIndex((one) => one.key === key) === at);
  }
}

const nestingWarnings: { readonly [fault in NestingFault]: string } = {
  circle: 'It would hold itself; it goes to its place.',
  'too-deep': `It would lie more than ${deepestNesting} items deep; it goes to its place.`,
};

type Holder =
  | { readonly kind: 'row'; readonly at: number }
  | { readonly kind: 'item'; readonly id: ItemId }
  | { readonly kind: 'none'; readonly warning?: string };

const customOf = (row: PreviewRow): object =>
  (row.outcome === 'create' ? row.draft.custom : row.outcome === 'update' ? row.update.change.custom : undefined) ?? {};

function countOutcomes(rows: readonly PreviewRow[]): ImportPreview['counts'] {
  const counts = { create: 0, update: 0, same: 0, error: 0 };
  for (const row of rows) counts[row.outcome]++;
  return counts;
}

/** Items of the collection an import may mean, by reference and, if asked, by name and place. Trashed ones are not meant. */
class ExistingItems {
  readonly #byReference = new Map<string, ItemRow>();
  readonly #byName = new Map<string, ItemRow[]>();

  constructor(into: ImportInto, matchByName: boolean) {
    const places = folderPlaces(into.folders);
    const rows = new Map<string, FolderRow>(into.folders.map((row) => [row.id, row]));
    for (const item of into.items) {
      if (item.trashedAt !== null || item.mergedInto !== null || places.state(item.folderId) === 'hidden') continue;
      const reference = item.custom[referenceField.key];
      if (typeof reference === 'string' && !this.#byReference.has(reference)) this.#byReference.set(reference, item);
      if (matchByName) this.#addName(nameKey(item.name, pathAbove(item.folderId, { places, rows })), item);
    }
  }

  byReference(reference: string): ItemRow | undefined {
    return this.#byReference.get(reference);
  }

  /** Each item is found by name once, so that five equal chairs stay five. */
  find({ reference, draft, path }: ItemReading): ItemRow | undefined {
    return this.#byReference.get(reference) ?? this.#byName.get(nameKey(draft.name, path))?.shift();
  }

  #addName(key: string, item: ItemRow): void {
    const items = this.#byName.get(key);
    if (items === undefined) this.#byName.set(key, [item]);
    else items.push(item);
  }
}

const nameKey = (name: string, path: readonly string[]): string => JSON.stringify([name, ...path].map(foldText));

function pathAbove(
  place: PlaceId,
  { places, rows }: { readonly places: ReturnType<typeof folderPlaces>; readonly rows: ReadonlyMap<string, FolderRow> },
): readonly string[] {
  const path: string[] = [];
  for (let at = rows.get(place); at !== undefined; at = rows.get(places.parent(at.id))) path.unshift(at.name);
  return path;
}
