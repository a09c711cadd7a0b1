import type { CommandId, DocumentName, Json, Random } from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import type { LookKey } from '../inventory/look-seals.ts';
import type { PlannedWrite } from '../inventory/plan-view.ts';
import type { CollectionRow } from '../inventory/rows.ts';
import type { Write } from '../registers.ts';
import type { HeldCollection } from './held-collection.ts';
import type { PurgedRow } from './foreign.ts';
import { journalWrites } from './journal.ts';
import { registerBase } from './live-document.ts';
import type { planCommand } from './plan-command.ts';
import type { RowChanges } from './row-changes.ts';
import type { DoneCommand, PendingUpdate, StoreReader, StoreWriter } from './store.ts';

/** Reads, in a transaction that has `settings`, what looks are sealed with; undefined while other devices are not to go on with them. */
export type ReadLookKey = (tx: StoreReader) => Promise<LookKey | undefined>;

/** One queued piece of work on one collection: its transaction, what it holds in memory, and the rows it changes. */
export interface Work {
  readonly tx: StoreWriter;
  readonly held: HeldCollection;
  readonly rows: RowChanges;
  readonly random: Random;
  /** Milliseconds by the relay's clock. */
  readonly nowMs: number;
  /** Undefined where looks asked for on this device are sealed with nothing. */
  readonly readLookKey?: ReadLookKey | undefined;
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

/** The command was done before: nothing of it may be kept again. */
class DoneBefore extends Error {
  readonly result: CommandResult;
  constructor(id: CommandId, result: CommandResult) {
    super(`Command ${id} was done before; its answer is the one it had then.`);
    this.result = result;
  }
}

/** What a repeat is answered, of the error its transaction ended with; any other error is thrown. */
export function firstAnswer(error: unknown): CommandResult {
  if (error instanceof DoneBefore) return error.result;
  throw error;
}

/**
 * Plans a command, runs its writes and puts everything of it into the transaction; a repeat fails it, see {@link firstAnswer}.
 * Hardly any command is one, so none waits to know it before it runs: the answer of the store is a turn of the browser away.
 */
export async function runCommand(work: Work, run: Run): Promise<CommandResult> {
  const [known, attempt] = await Promise.allSettled([work.held.doneCommand(work.tx, run.id), perform(work, run)]);
  if (known.status === 'rejected') throw known.reason;
  // Whatever became of it this time: what it did then may be why it cannot be done now.
  if (known.value !== undefined) throw new DoneBefore(run.id, known.value.result as unknown as CommandResult);
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}

async function perform(work: Work, { command, id, planner }: Run): Promise<CommandResult> {
  const { writes, result, undo } = await planner(work, command, id);
  work.held.isTouched = true;
  if (command.type === 'createCollection') adopt(work, freshCollection(command, work.nowMs));
  let done: DoneCommand | undefined = { id, collection: work.held.id, result: result as unknown as Json, undo, at: work.nowMs };
  for (const [document, list] of byDocument(writes)) {
    const push = await applyOwn(work, { document, writes: list, command: id, done, origin: 'command' });
    if (push !== undefined) done = undefined;
  }
  if (done !== undefined) work.tx.put('commands', done);
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
  /** What the command has done, not yet kept with a push. */
  readonly done?: DoneCommand | undefined;
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
    ...(own.done === undefined ? {} : { done: own.done }),
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
