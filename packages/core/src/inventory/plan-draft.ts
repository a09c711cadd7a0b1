import {
  canonicalJson,
  canonicalize,
  isFolderId,
  isItemId,
  localOf,
  nextStamp,
  shardOf,
  type CollectionId,
  type CommandId,
  type DocumentName,
  type FolderId,
  type ItemId,
  type Json,
  type Random,
  type Register,
  type ShardId,
  type Stamp,
} from '@cacaw/protocol';
import type { RegisterReader, Write } from '../registers.ts';
import { engineCodes } from '../schema.ts';
import { CommandError } from './commands.ts';
import type { LookKey } from './look-seals.ts';
import type { DocumentBase, Needs, PlanContext, PlannedWrite, PlanView, UndoRecord } from './plan-view.ts';
import type { PlaceId } from './rows.ts';
import { blankValue } from './values.ts';

/**
 * Thrown inside the planner when something has to be read first; never leaves `plan`. No `Error`: every command throws one, and
 * taking a stack nobody reads costs a tenth of an edit.
 */
export class NeedsSignal {
  readonly needs: Needs;
  constructor(needs: Needs) {
    this.needs = needs;
  }
}

/** Where a row lives: its document and its id there. */
export interface RowAddress {
  readonly base: DocumentBase;
  readonly row: string;
}

export const rowsBase = (shard: ShardId): DocumentBase => `rows.${shard}`;
export const notesBase = (shard: ShardId): DocumentBase => `notes.${shard}`;
export const itemAddress = (item: ItemId): RowAddress => ({ base: rowsBase(shardOf(item)), row: localOf(item) });
export const folderAddress = (folder: FolderId): RowAddress => ({ base: 'root', row: `F${folder}` });

/** When a row was put where it lies, and when anything of it changed last. */
export interface CopyTimes {
  readonly movedAt: number;
  readonly updatedAt: number;
}

/** What of a copied row goes into one entry; the guard takes 64 KiB. */
const birthBytes = 48 * 1024;
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const mostBytes = (field: string, value: Json): number => (field.length + JSON.stringify(value).length) * 3;

type UndoSet = UndoRecord['sets'][number];

/** What one command reads and writes while it is being planned: a later write to a register replaces an earlier one. */
export class Draft {
  readonly #view: PlanView;
  readonly #context: PlanContext;
  readonly #sets = new Map<
    string,
    { readonly base: DocumentBase; readonly write: Extract<Write, { kind: 'set' }>; readonly before: Json }
  >();
  readonly #others: { readonly base: DocumentBase; readonly write: Write }[] = [];
  readonly #births = new Map<DocumentBase, { readonly rows: string[]; readonly stamp: Stamp }>();
  readonly #counts: UndoRecord['counts'][number][] = [];

  constructor(view: PlanView, context: PlanContext) {
    this.#view = view;
    this.#context = context;
  }

  get nowMs(): number {
    return this.#context.nowMs;
  }

  get random(): Random {
    return this.#context.random;
  }

  get lookKey(): LookKey | undefined {
    return this.#context.lookKey;
  }

  /** Every command but the one that makes it has a collection. */
  get collection(): CollectionId {
    const { collection } = this.#view;
    if (collection === undefined) throw new Error('Only a collection that is there has items.');
    return collection.id;
  }

  /** Asks for documents all at once, so that a command is planned in few rounds. */
  hydrate(bases: Iterable<DocumentBase>): void {
    const missing = [...new Set(bases)].filter((base) => this.#view.registers(base) === undefined);
    if (missing.length > 0) throw new NeedsSignal({ documents: missing, places: [], ends: [], commands: [] });
  }

  registers(base: DocumentBase): RegisterReader {
    this.hydrate([base]);
    const found = this.#view.registers(base);
    if (found === undefined) throw new NeedsSignal({ documents: [base], places: [], ends: [], commands: [] });
    return found;
  }

  itemsIn(places: readonly PlaceId[]): readonly (readonly { readonly id: ItemId; readonly order: string }[])[] {
    const missing = places.filter((place) => this.#view.itemsIn(place) === undefined);
    if (missing.length > 0) throw new NeedsSignal({ documents: [], places: missing, ends: [], commands: [] });
    return places.map((place) => this.#view.itemsIn(place) ?? []);
  }

  lastOrders(places: readonly PlaceId[]): ReadonlyMap<PlaceId, string | null> {
    const missing = places.filter((place) => this.#view.lastOrderIn(place) === undefined);
    if (missing.length > 0) throw new NeedsSignal({ documents: [], places: [], ends: missing, commands: [] });
    return new Map(places.map((place) => [place, this.#view.lastOrderIn(place) ?? null]));
  }

  undoOf(commands: readonly CommandId[]): readonly UndoRecord[] {
    const missing = commands.filter((command) => this.#view.undoOf(command) === undefined);
    if (missing.length > 0) throw new NeedsSignal({ documents: [], places: [], ends: [], commands: missing });
    return commands.flatMap((command) => this.#view.undoOf(command) ?? []);
  }

  /** The register as it stands, or as this command has already set it. */
  get({ base, row }: RowAddress, field: string): Register | undefined {
    return this.#sets.get(`${base}/${row}/${field}`)?.write ?? this.registers(base).get(row, field);
  }

  /** Overwrites a register with a stamp above what was seen; a value that already stands is not written again. */
  set(address: RowAddress, field: string, value: Json): void {
    const { base, row } = address;
    const seen = this.registers(base).get(row, field);
    const frozen = canonicalize(value);
    const key = `${base}/${row}/${field}`;
    this.#sets.delete(key);
    if (seen !== undefined && canonicalJson(seen.value) === canonicalJson(frozen)) return;
    const stamp = nextStamp(this.nowMs, seen?.stamp);
    const before = seen === undefined ? blankValue(base, row, field) : seen.value;
    this.#sets.set(key, { base, before, write: { kind: 'set', row, field, value: frozen, stamp } });
  }

  /** Makes a row; rows born in one document by one command share one stamp. */
  birth({ base, row }: RowAddress, fields: { readonly [field: string]: Json }): void {
    const stamp = nextStamp(this.nowMs, undefined);
    this.#others.push({
      base,
      write: { kind: 'birth', row, fields: canonicalize({ C: this.nowMs, ...fields }) as { [field: string]: Json }, stamp },
    });
    const born = this.#births.get(base) ?? { rows: [], stamp };
    born.rows.push(row);
    this.#births.set(base, born);
  }

  /**
   * Makes a row as it stood somewhere else: last moved and last changed when it was there. Undoing takes back no such birth.
   * An entry has a size limit, so what a row holds beyond it is written field by field.
   */
  copy({ base, row }: RowAddress, fields: { readonly [field: string]: Json }, { movedAt, updatedAt }: CopyTimes): void {
    const stampOf = (ms: number): Stamp => nextStamp(Math.min(ms, this.nowMs), undefined);
    const [stamp, last] = [stampOf(Math.min(movedAt, updatedAt)), stampOf(updatedAt)];
    const birth: { [field: string]: Json } = {};
    const rest: (readonly [field: string, value: Json])[] = [];
    let bytes = 0;
    for (const [field, value] of Object.entries(fields)) {
      const frozen = canonicalize(value);
      bytes += mostBytes(field, frozen);
      if (bytes <= birthBytes) birth[field] = frozen;
      else rest.push([field, frozen]);
    }
    this.#others.push({ base, write: { kind: 'birth', row, fields: birth, stamp } });
    // Neither the birth nor the place: they tell when the row was moved.
    const told = Object.entries(birth).find(([field]) => field !== engineCodes.birth && field !== engineCodes.parent);
    if (rest.length === 0 && last !== stamp && told !== undefined) rest.push(told);
    for (const [field, value] of rest) this.#others.push({ base, write: { kind: 'set', row, field, value, stamp: last } });
  }

  count({ base, row }: RowAddress, place: string, by: number): void {
    if (by === 0) return;
    this.#others.push({ base, write: { kind: 'count', row, place, by, stamp: nextStamp(this.nowMs, undefined) } });
    this.#counts.push({ base, row, place, by });
  }

  purge({ base, row }: RowAddress): void {
    const registers = this.registers(base).row(row);
    if (registers === undefined || registers.has('Z')) return;
    const seen = Object.fromEntries([...registers].map(([field, register]) => [field, register.stamp]));
    const newest = Math.max(0, ...Object.values(seen)) as Stamp;
    this.#others.push({ base, write: { kind: 'purge', row, stamp: nextStamp(this.nowMs, newest), seen } });
  }

  note(item: ItemId, before: string, after: string): void {
    if (before === after) return;
    this.#others.push({ base: notesBase(shardOf(item)), write: { kind: 'note', row: localOf(item), before, after } });
  }

  /** Refuses unless every one is an item that was born here and has not been purged; reads their shards in one round. */
  items(items: readonly ItemId[]): readonly RowAddress[] {
    for (const item of items) if (!isItemId(item)) throw unknownItem(String(item));
    this.hydrate(items.map((item) => rowsBase(shardOf(item))));
    return items.map((item) => {
      const address = itemAddress(item);
      if (!this.#lives(address)) throw unknownItem(item);
      return address;
    });
  }

  item(item: ItemId): RowAddress {
    return this.items([item])[0] ?? itemAddress(item);
  }

  folder(folder: FolderId): RowAddress {
    if (!isFolderId(folder)) throw unknownFolder(String(folder));
    const address = folderAddress(folder);
    if (!this.#lives(address)) throw unknownFolder(folder);
    return address;
  }

  /** Refuses unless the place can hold items: the top level, a folder, or an item that can contain. */
  place(place: PlaceId): void {
    if (place === '') return;
    if (!isItemId(place)) return void this.folder(place as FolderId);
    const address = this.item(place);
    if (this.get(address, 'k')?.value !== 1) {
      throw new CommandError('unknown-folder', `Item ${place} cannot contain others; turn on "can contain" first.`, { id: place });
    }
  }

  writes(): readonly PlannedWrite[] {
    const document = (base: DocumentBase): DocumentName => `${base}.${this.#view.generation(base)}` as DocumentName;
    return [...this.#others, ...this.#sets.values()].map(({ base, write }) => ({ document: document(base), write }));
  }

  undo(): UndoRecord | null {
    const sets: UndoSet[] = [...this.#sets.values()].map(({ base, write: { row, field, value, stamp }, before }) => ({
      base,
      row,
      field,
      value,
      stamp,
      before,
    }));
    const births = [...this.#births].map(([base, { rows, stamp }]) => ({
      base,
      rows: base === 'root' ? rows.filter((row) => row.startsWith('F')) : rows,
      stamp,
    }));
    const record = { sets, births: births.filter(({ rows }) => rows.length > 0), counts: this.#counts };
    return record.sets.length + record.births.length + record.counts.length === 0 ? null : record;
  }

  #lives({ base, row }: RowAddress): boolean {
    const registers = this.registers(base).row(row);
    return registers !== undefined && registers.has('C') && !registers.has('Z');
  }
}

const unknownItem = (id: string): CommandError =>
  new CommandError('unknown-item', `Item ${id} is not in this collection, or has been deleted for ever; reload the list.`, { id });
const unknownFolder = (id: string): CommandError =>
  new CommandError('unknown-folder', `Folder ${id} is not in this collection, or has been deleted for ever; reload the list.`, { id });
