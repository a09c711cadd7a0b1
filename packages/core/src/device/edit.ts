import type { CommandId, DocumentName, Json, Random } from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import type { PlannedWrite } from '../inventory/plan-view.ts';
import type { CollectionRow } from '../inventory/rows.ts';
import type { Write } from '../registers.ts';
import type { HeldCollection } from './held-collection.ts';
import type { PurgedRow } from './foreign.ts';
import { journalWrites } from './journal.ts';
import { registerBase } from './live-document.ts';
import type { planCommand } from './plan-command.ts';
import type { RowChanges } from './row-changes.ts';
import type { PendingUpdate, StoreWriter } from './store.ts';

/** One queued piece of work on one collection: its transaction, what it holds in memory, and the rows it changes. */
export interface Work {
  readonly tx: StoreWriter;
  readonly held: HeldCollection;
  readonly rows: RowChanges;
  readonly random: Random;
  /** Milliseconds by the relay's clock. */
  readonly nowMs: number;
  /** Rows with own writes that this work has seen purged. */
  readonly purged: PurgedRow[];
}

/** The collection a command is about. */
export const collectionOf = (command: Command): HeldCollection['id'] =>
  command.type === 'createCollection' ? command.id : command.collection;

/** One command to run, and what plans it. */
export interface Run {
  readonly command: Command;
  readonly id: CommandId;
  readonly planner: typeof planCommand;
}

/** Plans a command, runs its writes and puts everything of it into the transaction; a done command is answered as it was. */
export async function runCommand(work: Work, { command, id, planner }: Run): Promise<CommandResult> {
  const done = await work.tx.get('commands', id);
  if (done !== undefined) return done.result as unknown as CommandResult;
  const { writes, result, undo } = await planner(work, command, id);
  work.held.isTouched = true;
  if (command.type === 'createCollection') adopt(work, freshCollection(command, work.nowMs));
  for (const [document, list] of byDocument(writes)) await applyOwn(work, { document, writes: list, command: id, origin: 'command' });
  work.tx.put('commands', { id, collection: work.held.id, result: result as unknown as Json, undo, at: work.nowMs });
  return result;
}

function byDocument(planned: readonly PlannedWrite[]): ReadonlyMap<DocumentName, readonly Write[]> {
  const found = new Map<DocumentName, Write[]>();
  for (const { document, write } of planned) {
    const list = found.get(document);
    if (list === undefined) found.set(document, [write]);
    else list.push(write);
  }
  return found;
}

interface OwnWrites {
  readonly document: DocumentName;
  readonly writes: readonly Write[];
  readonly command: CommandId;
  readonly origin: 'command' | 'rebase';
  /** Where it stands among the edits; a new one comes last. */
  readonly order?: number | undefined;
  readonly keptAt?: number | undefined;
}

/** Runs writes in one document and makes a pending push of what they changed; undefined when they changed nothing. */
export async function applyOwn(work: Work, own: OwnWrites): Promise<PendingUpdate | undefined> {
  const { tx, held, rows } = work;
  const base = registerBase(own.document)?.base;
  if (base === undefined) throw new Error(`${own.document} is no register document of collection ${held.id}.`);
  held.isTouched = true;
  const { unit, document } = await held.document(tx, base);
  const written = document.write(own.writes, held.writerFor(document), own.origin);
  if (written === undefined) return undefined;
  held.noteWritten(document);
  const { writer, ref } = held.nextPush();
  const pending: PendingUpdate = {
    collection: held.id,
    writer,
    ref,
    order: own.order ?? held.nextOrder(),
    document: document.name,
    bytes: written.bytes,
    writes: own.writes,
    command: own.command,
    keptAt: own.keptAt ?? work.nowMs,
  };
  held.pending.set(pending);
  tx.put('pending', pending);
  rows.touch(unit, written.rows);
  journalWrites(work, { unit, document, writes: own.writes });
  return pending;
}

function adopt({ tx, held, rows }: Work, row: CollectionRow): void {
  held.row = row;
  rows.putCollection(tx, row);
}

/** A collection before anything of its root document is known. */
export function blankCollection(id: CollectionRow['id'], nowMs: number): CollectionRow {
  return {
    id,
    name: '',
    type: '',
    currency: '',
    schemaVersion: 1,
    settings: {},
    fields: [],
    createdAt: nowMs,
    updatedAt: nowMs,
    mode: 'local',
    role: 'owner',
    secret: null,
    gone: null,
  };
}

const freshCollection = (command: Extract<Command, { readonly type: 'createCollection' }>, nowMs: number): CollectionRow => ({
  ...blankCollection(command.id, nowMs),
  ...command.draft,
});
