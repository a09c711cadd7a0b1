import {
  compareRegisters,
  nextStamp,
  parseEntry,
  registersOf,
  type Entry,
  type Json,
  type Register,
  type Stamp,
  type WriterId,
} from '@cacaw/protocol';
import * as Y from 'yjs';
import { transposeEdit } from './note-text.ts';
import { RowIndex } from './row-index.ts';

/**
 * One replayable write to one document: what a pending edit keeps beside its bytes, so that rebase can run it again under
 * another writer id with its own stamp. `count` is a delta to the writing term's own counter (`q:<place>~<writer>`).
 * `seen` of a purge holds the stamps its author saw: run again later, it deletes nothing that was written meanwhile.
 */
export type Write =
  | { readonly kind: 'set'; readonly row: string; readonly field: string; readonly value: Json; readonly stamp: Stamp }
  | { readonly kind: 'birth'; readonly row: string; readonly fields: { readonly [field: string]: Json }; readonly stamp: Stamp }
  | { readonly kind: 'count'; readonly row: string; readonly place: string; readonly by: number; readonly stamp: Stamp }
  | { readonly kind: 'purge'; readonly row: string; readonly stamp: Stamp; readonly seen: { readonly [field: string]: Stamp } }
  | { readonly kind: 'note'; readonly row: string; readonly before: string; readonly after: string };

type WriteOf<Kind extends Write['kind']> = Extract<Write, { readonly kind: Kind }>;

/** Reading access to the registers of one document. */
export interface RegisterReader {
  get(row: string, field: string): Register | undefined;
  /** Visible registers of a row by field; undefined when nothing of it stands here. */
  row(row: string): ReadonlyMap<string, Register> | undefined;
  /** Every row of which anything stands, purged ones included. */
  rows(): Iterable<string>;
  /** Text of a row's note, in a notes document. */
  note(row: string): string;
  /** Rows born here, purged ones included. */
  readonly births: number;
}

const noteName = (row: string): string => `n/${row}`;
const purgeField = 'Z';

/**
 * The stamped registers of one Yjs document, indexed as it changes (model.md section 1).
 * Invariants: 1. the visible value of a register is the largest of all that stand; 2. the index is a pure function of the
 * document's content; 3. every `apply` is one transaction with at most one new struct in the array.
 */
export class Registers implements RegisterReader {
  readonly #doc: Y.Doc;
  readonly #array: Y.Array<unknown>;
  readonly #rows = new Map<string, RowIndex>();
  readonly #listeners = new Set<(rows: ReadonlySet<string>) => void>();
  /** The transaction of the running `apply`, whose changes the index already has. */
  #own: Y.Transaction | undefined;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    this.#array = doc.getArray('r');
    for (const value of this.#array.toArray()) this.#eat(value);
    this.#array.observe((event, transaction) => this.#onArray(event, transaction));
    doc.on('afterTransaction', (transaction: Y.Transaction) => this.#onTexts(transaction));
  }

  get births(): number {
    return this.#rows.size;
  }

  rows(): Iterable<string> {
    return this.#rows.keys();
  }

  row(row: string): ReadonlyMap<string, Register> | undefined {
    return this.#rows.get(row)?.visible;
  }

  get(row: string, field: string): Register | undefined {
    return this.#rows.get(row)?.visible.get(field);
  }

  note(row: string): string {
    return this.#doc.share.has(noteName(row)) ? this.#doc.getText(noteName(row)).toJSON() : '';
  }

  /** Every standing value of a register, the visible one first: more than one means that somebody wrote without having seen another. */
  standing(row: string, field: string): readonly Register[] {
    const found: Register[] = [];
    for (const entry of this.#rows.get(row)?.standing ?? []) {
      for (const [name, register] of registersOf(entry)) if (name === field) found.push(register);
    }
    return found.sort((a, b) => compareRegisters(b, a));
  }

  /** Calls back with the rows that a transaction other than `apply` has touched; returns the way to stop it. */
  onTouched(listener: (rows: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs the writes in one transaction and returns the rows they changed. A write that the document already carries, or that
   * loses to what it holds, is skipped; running a list again changes nothing (counters and notes excepted).
   */
  apply(writes: readonly Write[], writer: WriterId, origin: unknown): ReadonlySet<string> {
    const batch: Batch = { writer, added: new Set(), doomed: new Set(), touched: new Set() };
    this.#doc.transact((transaction) => {
      this.#own = transaction;
      for (const write of writes) this.#write(write, batch);
      this.#delete(batch.doomed);
      if (batch.added.size > 0) this.#array.push([...batch.added]);
    }, origin);
    this.#own = undefined;
    return batch.touched;
  }

  #write(write: Write, batch: Batch): void {
    if (write.kind === 'set') this.#set(write, batch);
    else if (write.kind === 'birth') this.#birth(write, batch);
    else if (write.kind === 'count') this.#count(write, batch);
    else if (write.kind === 'purge') this.#purge(write, batch);
    else this.#editNote(write, batch);
  }

  #set({ row, field, value, stamp }: WriteOf<'set'>, batch: Batch): void {
    const index = this.#indexOf(row);
    const seen = index.visible.get(field);
    if (seen !== undefined && compareRegisters({ value, stamp }, seen) <= 0) return;
    for (const entry of index.singles(field)) retire(entry, index, batch);
    add([row, field, value, stamp], index, batch);
  }

  #birth({ row, fields, stamp }: WriteOf<'birth'>, batch: Batch): void {
    const index = this.#indexOf(row);
    const loses = (field: string, value: Json): boolean => {
      const seen = index.visible.get(field);
      return seen !== undefined && compareRegisters({ value, stamp }, seen) <= 0;
    };
    if (Object.entries(fields).every(([field, value]) => loses(field, value))) return this.#forgetEmpty(row);
    add([row, 0, fields, stamp], index, batch);
  }

  #count({ row, place, by, stamp }: WriteOf<'count'>, batch: Batch): void {
    const field = `q:${place}~${batch.writer}`;
    const own = this.get(row, field);
    const value = addQuantity(typeof own?.value === 'number' ? own.value : 0, by);
    this.#set({ kind: 'set', row, field, value, stamp: nextStamp(0, Math.max(stamp - 1, own?.stamp ?? 0) as Stamp) }, batch);
  }

  #purge({ row, stamp, seen }: WriteOf<'purge'>, batch: Batch): void {
    const index = this.#indexOf(row);
    if (index.visible.has(purgeField)) return;
    const wasSeen = ([field, register]: readonly [string, Register]): boolean => register.stamp <= (seen[field] ?? -1);
    const doomed = [...index.standing].filter((entry) => registersOf(entry).every(wasSeen));
    for (const entry of doomed) retire(entry, index, batch);
    index.remove(doomed);
    add([row, purgeField, 1, stamp], index, batch);
  }

  #editNote({ row, before, after }: WriteOf<'note'>, batch: Batch): void {
    const text = this.#doc.getText(noteName(row));
    for (const { at, remove, insert } of transposeEdit({ before, after }, text.toJSON())) {
      if (remove > 0) text.delete(at, remove);
      if (insert !== '') text.insert(at, insert);
      batch.touched.add(row);
    }
  }

  #indexOf(row: string): RowIndex {
    const found = this.#rows.get(row) ?? new RowIndex();
    this.#rows.set(row, found);
    return found;
  }

  #forgetEmpty(row: string): void {
    if (this.#rows.get(row)?.standing.size === 0) this.#rows.delete(row);
  }

  #eat(value: unknown): string | undefined {
    const entry = parseEntry(value);
    if (entry === undefined) return undefined;
    this.#indexOf(entry[0]).add(entry);
    return entry[0];
  }

  /** Deletes array elements by identity: Yjs keeps the very objects of a ContentAny (13.6.33, pinned by a test). */
  #delete(doomed: ReadonlySet<unknown>): void {
    const found: number[] = [];
    let at = 0;
    for (let item = this.#array._start; item !== null && found.length < doomed.size; item = item.right) {
      if (item.deleted || !item.countable) continue;
      if (item.content instanceof Y.ContentAny) {
        item.content.arr.forEach((value: unknown, offset) => {
          if (doomed.has(value)) found.push(at + offset);
        });
      }
      at += item.length;
    }
    for (const index of found.reverse()) this.#array.delete(index, 1);
  }

  #onArray(event: Y.YArrayEvent<unknown>, transaction: Y.Transaction): void {
    if (transaction === this.#own) return;
    const removed = new Map<string, Entry[]>();
    for (const entry of valuesIn(event.changes.deleted)) {
      const parsed = parseEntry(entry);
      if (parsed === undefined) continue;
      const list = removed.get(parsed[0]);
      if (list === undefined) removed.set(parsed[0], [parsed]);
      else list.push(parsed);
    }
    const touched = new Set<string>(removed.keys());
    for (const [row, entries] of removed) this.#rows.get(row)?.remove(entries);
    for (const value of valuesIn(event.changes.added)) {
      const row = this.#eat(value);
      if (row !== undefined) touched.add(row);
    }
    for (const row of removed.keys()) this.#forgetEmpty(row);
    this.#tell(touched);
  }

  #onTexts(transaction: Y.Transaction): void {
    if (transaction === this.#own) return;
    const touched = new Set<string>();
    for (const type of transaction.changed.keys()) {
      if ((type as unknown) === this.#array || type._item !== null) continue;
      const root = Y.findRootTypeKey(type);
      if (root.startsWith('n/')) touched.add(root.slice(2));
    }
    this.#tell(touched);
  }

  #tell(touched: ReadonlySet<string>): void {
    if (touched.size > 0) for (const listener of this.#listeners) listener(touched);
  }
}

/** What one `apply` gathers before it touches the array once. */
interface Batch {
  readonly writer: WriterId;
  readonly added: Set<Entry>;
  readonly doomed: Set<Entry>;
  readonly touched: Set<string>;
}

function add(entry: Entry, index: RowIndex, batch: Batch): void {
  Object.freeze(entry);
  index.add(entry);
  batch.added.add(entry);
  batch.touched.add(entry[0]);
}

function retire(entry: Entry, index: RowIndex, batch: Batch): void {
  index.drop(entry);
  if (!batch.added.delete(entry)) batch.doomed.add(entry);
}

function* valuesIn(items: Iterable<Y.Item>): Iterable<unknown> {
  for (const item of items) if (item.content instanceof Y.ContentAny) yield* item.content.arr as unknown[];
}

/** Adds two quantities exactly: both are kept in thousandths. */
export const addQuantity = (a: number, b: number): number => Math.round((a + b) * 1000) / 1000;
