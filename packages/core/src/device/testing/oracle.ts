import { itemId, parseDocumentName, type CollectionId, type FolderId, type LocalId, type ShardId } from '@cacaw/protocol';
import * as Y from 'yjs';
import { projectCollection, projectFolder, projectItem } from '../../inventory/project.ts';
import type { ItemRow } from '../../inventory/rows.ts';
import { Registers } from '../../registers.ts';
import type { Device, LogUpdate } from '../device.ts';
import { readRows } from '../read-rows.ts';
import type { DeviceStore, PendingUpdate } from '../store.ts';
import { docOf } from './log-relay.ts';

/** Everything a device shows of a collection, as comparable text by row. */
export type Shown = ReadonlyMap<string, string>;

/** What stands in a device's materialised rows. */
export async function shownBy(store: DeviceStore, collection: CollectionId): Promise<Shown> {
  const shown = new Map<string, string>();
  for await (const rows of readRows(store, collection)) for (const row of rows) put(shown, `item ${row.id}`, row);
  const [folders, row] = await store.read(['folders', 'collections'], (tx) =>
    Promise.all([tx.range('folders', { index: 'collection', lower: collection, upper: collection }), tx.get('collections', collection)]),
  );
  for (const folder of folders) put(shown, `folder ${folder.id}`, folder);
  if (row !== undefined && row.name !== '') {
    const { id: _id, mode: _mode, role: _role, secret: _secret, gone: _gone, parting: _parting, ...facts } = row;
    put(shown, 'collection', facts);
  }
  return shown;
}

/** What must stand there: the rows of the log's documents with the pending writes run on top, by a plain reading of both. */
export function shownFrom(collection: CollectionId, log: readonly Logged[], pending: readonly PendingUpdate[]): Shown {
  return project(collection, registersFrom(log, pending));
}

/** One committed update, as far as a reading needs it. */
export type Logged = Pick<LogUpdate, 'document' | 'bytes'>;

/** The registers of each document's newest generation, by its name without generation. */
export function registersFrom(log: readonly Logged[], pending: readonly PendingUpdate[]): ReadonlyMap<string, Registers> {
  const newest = new Map<string, number>();
  for (const { document } of [...log, ...pending]) {
    const { base, generation } = parsed(document);
    newest.set(base, Math.max(newest.get(base) ?? 0, generation));
  }
  const registers = new Map<string, Registers>();
  for (const [base, generation] of newest) {
    const name = `${base}.${generation}`;
    const doc = docOf(log.filter((one) => one.document === name).map((one) => one.bytes));
    const live = new Registers(doc);
    for (const one of pending) if (one.document === name) runPending(doc, live, one);
    registers.set(base, live);
  }
  return registers;
}

/** Register writes are run again, which checks bytes against meaning; text merges only as bytes. */
function runPending(doc: Y.Doc, registers: Registers, pending: PendingUpdate): void {
  if (pending.document.startsWith('notes.')) Y.applyUpdate(doc, pending.bytes, 'log');
  else registers.apply(pending.writes, pending.writer, 'oracle');
}

function project(collection: CollectionId, documents: ReadonlyMap<string, Registers>): Shown {
  const shown = new Map<string, string>();
  for (const [base, registers] of documents) {
    if (base === 'root') projectRoot(shown, collection, registers);
    if (!base.startsWith('rows.')) continue;
    const shard = base.slice('rows.'.length) as ShardId;
    for (const local of registers.rows()) {
      const id = itemId(shard, local as LocalId);
      const note = documents.get(`notes.${shard}`)?.note(local) ?? '';
      put(shown, `item ${id}`, projectItem(collection, id, registers.row(local), note));
    }
  }
  return shown;
}

function projectRoot(shown: Map<string, string>, collection: CollectionId, registers: Registers): void {
  put(shown, 'collection', projectCollection(registers));
  for (const row of registers.rows()) {
    if (row.startsWith('F')) put(shown, `folder ${row.slice(1)}`, projectFolder(collection, row.slice(1) as FolderId, registers.row(row)));
  }
}

function put(shown: Map<string, string>, key: string, row: object | null): void {
  if (row === null) return;
  const sorted = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  shown.set(key, JSON.stringify(Object.fromEntries(sorted)));
}

function parsed(name: string): { readonly base: string; readonly generation: number } {
  const found = parseDocumentName(name);
  if (found === undefined) throw new Error(`${name} is no document name.`);
  return found;
}

/** The pending writes a store holds, those known to be committed included, in order. */
export const pendingIn = (store: Device['store'], collection: CollectionId): Promise<readonly PendingUpdate[]> =>
  store.read(['pending'], (tx) => tx.range('pending', { index: 'order', prefix: [collection] }));

/** Where two readings differ, as lines a person can read; empty when they agree. */
export function differences(actual: Shown, expected: Shown): readonly string[] {
  const keys = new Set([...actual.keys(), ...expected.keys()]);
  return [...keys]
    .filter((key) => actual.get(key) !== expected.get(key))
    .map((key) => `${key}\n  is     ${actual.get(key)}\n  should ${expected.get(key)}`);
}

/** Every item a device shows of a collection, chunks included. */
export async function itemsShownBy(store: DeviceStore, collection: CollectionId): Promise<readonly ItemRow[]> {
  const items: ItemRow[] = [];
  for await (const rows of readRows(store, collection)) items.push(...rows);
  return items;
}
