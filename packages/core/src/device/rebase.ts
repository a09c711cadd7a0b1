import { nextStamp, stampAt, type Stamp, type WriterId } from '@cacaw/protocol';
import type { RebaseReason } from './device.ts';
import { applyOwn, type Work } from './edit.ts';
import type { DocumentBase } from '../inventory/plan-view.ts';
import { noteField } from './journal.ts';
import { registerBase, type LiveDocument } from './live-document.ts';
import type { Write } from '../registers.ts';
import { dropPending } from './settle.ts';
import type { PendingUpdate } from './store.ts';
import { unitOf, type Unit, type UnitKey } from './unit.ts';

/** Refusals that say nothing about the write itself: it runs again. Every other kind sends it to the tray. */
const rerunKinds: ReadonlySet<string> = new Set(['gap', 'writer-taken', 'clock', 'busy', 'generation', 'schema']);
/** A stamp this far ahead of the relay's clock was made with a wrong one and is made again. */
const stampToleranceMs = 60_000;

/**
 * The one recovery path (engine.md 3): documents with unsent writes are built anew from what is committed, and the unsent writes
 * run again in their order with their own stamps under a new writer id, without the refused one.
 */
export function rebasePending(work: Work, reason: RebaseReason): Promise<void> {
  return runAgain(work, sortOutCommitted(work, reason), reason);
}

/**
 * Somebody else (a thawed twin) writes under these ids of ours: nothing that is pending under them was or will be committed,
 * whatever the relay counts, and runs again. Under our other writers nothing was closed: their pushes may be under way, and stay.
 */
export async function leaveTaken(work: Work, taken: ReadonlySet<WriterId>): Promise<void> {
  const { held } = work;
  const unsent = held.pending.all().filter((one) => taken.has(one.writer));
  if (unsent.length > 0) return runAgain(work, unsent, { closed: new Map() });
  if (taken.has(held.writer)) held.renewWriter();
}

async function runAgain(work: Work, unsent: readonly PendingUpdate[], reason: RebaseReason): Promise<void> {
  const { held } = work;
  held.isTouched = true;
  const merged = await mergedNotes(work, unsent);
  const units = await unitsOf(work, unsent);
  const refused = new Set(unsent.filter((one) => isRefused(one, reason)));
  for (const pending of unsent) withdraw(work, pending);
  held.renewWriter();
  await replaceUnits(work, units);
  await rerun(work, { unsent, refused, reason, merged });
}

/** Marks what the relay has committed and returns what it has not, in order. */
function sortOutCommitted({ tx, held }: Work, { closed }: RebaseReason): readonly PendingUpdate[] {
  const unsent: PendingUpdate[] = [];
  for (const pending of held.pending.all()) {
    const isCommitted = pending.committed === true || pending.ref <= (closed.get(pending.writer) ?? 0);
    if (!isCommitted) unsent.push(pending);
    else if (pending.committed !== true) {
      const marked: PendingUpdate = { ...pending, committed: true };
      held.pending.set(marked);
      tx.put('pending', marked);
    }
  }
  return unsent;
}

function isRefused(pending: PendingUpdate, { refused }: RebaseReason): boolean {
  if (refused === undefined || rerunKinds.has(refused.kind)) return false;
  // Who may no longer write may write none of it: one answer settles all.
  return refused.kind === 'role' || (pending.writer === refused.writer && pending.ref === refused.ref);
}

const baseOf = (pending: PendingUpdate): DocumentBase => registerBase(pending.document)?.base ?? '';

async function unitsOf({ tx, held }: Work, unsent: readonly PendingUpdate[]): Promise<readonly Unit[]> {
  const keys = new Set<UnitKey>(unsent.map((pending) => unitOf(baseOf(pending))));
  return Promise.all([...keys].map((key) => held.unit(tx, key)));
}

function withdraw(work: Work, pending: PendingUpdate): void {
  const { tx, held } = work;
  dropPending(work, pending);
  const unit = held.units.get(unitOf(baseOf(pending)));
  for (const key of journalKeys(held.id, pending)) {
    unit?.journal.delete(key);
    tx.delete('journal', key);
  }
}

function journalKeys(collection: string, pending: PendingUpdate): readonly string[] {
  const at = `${collection}/${baseOf(pending)}`;
  return pending.writes.flatMap((write) => {
    if (write.kind === 'set') return [`${at}/${write.row}/${write.field}`];
    if (write.kind === 'note') return [`${at}/${write.row}/${noteField}`];
    return write.kind === 'count' ? [`${at}/${write.row}/q:${write.place}~${pending.writer}`] : [];
  });
}

async function replaceUnits({ tx, held, rows }: Work, units: readonly Unit[]): Promise<void> {
  for (const before of units) {
    held.drop(before.key);
    const after = await held.unit(tx, before.key);
    rows.replace(before, after);
    await rows.touchAll(tx, after);
  }
}

/** Text of notes with unsent edits as this device showed it, by document base and row. */
type MergedNotes = ReadonlyMap<string, string>;

async function mergedNotes({ tx, held }: Work, unsent: readonly PendingUpdate[]): Promise<MergedNotes> {
  const texts = new Map<string, string>();
  for (const pending of unsent) {
    for (const write of pending.writes) {
      if (write.kind !== 'note') continue;
      const { document } = await held.document(tx, baseOf(pending));
      texts.set(`${document.base}/${write.row}`, document.registers.note(write.row));
    }
  }
  return texts;
}

interface Rerun {
  readonly unsent: readonly PendingUpdate[];
  readonly refused: ReadonlySet<PendingUpdate>;
  readonly reason: RebaseReason;
  readonly merged: MergedNotes;
}

async function rerun(work: Work, { unsent, refused, reason, merged }: Rerun): Promise<void> {
  const withdrawn = withdrawnRows(refused);
  const settled = new Set<string>();
  for (const pending of unsent) {
    const { document } = await work.held.document(work.tx, baseOf(pending));
    const writes = pending.writes.flatMap((write) => replay(write, { document, merged, settled, nowMs: work.nowMs }));
    const isLost = (write: Write): boolean => refused.has(pending) || withdrawn.has(`${document.base}/${write.row}`);
    const kept = writes.filter((write) => !isLost(write));
    const lost = writes.filter(isLost);
    const { command, order, keptAt } = pending;
    if (kept.length > 0) await applyOwn(work, { document: document.name, writes: kept, command, order, keptAt, origin: 'rebase' });
    if (lost.length > 0) putInTray(work, pending, { writes: lost, reason });
  }
}

/** Rows that go with a refused write: those it would have made, and notes, whose unsent text is one piece. */
function withdrawnRows(refused: ReadonlySet<PendingUpdate>): ReadonlySet<string> {
  const rows = new Set<string>();
  for (const pending of refused) {
    for (const write of pending.writes) if (write.kind === 'birth' || write.kind === 'note') rows.add(`${baseOf(pending)}/${write.row}`);
  }
  return rows;
}

interface Replay {
  readonly document: LiveDocument;
  readonly merged: MergedNotes;
  /** Notes already replayed: their unsent edits are carried over as one. */
  readonly settled: Set<string>;
  readonly nowMs: number;
}

function replay(write: Write, { document, merged, settled, nowMs }: Replay): readonly Write[] {
  if (write.kind !== 'note') return [restamp(write, document, nowMs)];
  const key = `${document.base}/${write.row}`;
  if (settled.has(key)) return [];
  settled.add(key);
  const before = document.registers.note(write.row);
  const after = merged.get(key) ?? write.after;
  return before === after ? [] : [{ kind: 'note', row: write.row, before, after }];
}

/** Keeps the write's own stamp unless it lies in the relay's future. */
function restamp(write: Exclude<Write, { readonly kind: 'note' }>, document: LiveDocument, nowMs: number): Write {
  if (write.stamp <= stampAt(nowMs + stampToleranceMs)) return write;
  const field = write.kind === 'set' ? write.field : undefined;
  const seen: Stamp | undefined = field === undefined ? undefined : document.registers.get(write.row, field)?.stamp;
  return { ...write, stamp: nextStamp(nowMs, seen) };
}

function putInTray(
  { tx, held, nowMs }: Work,
  pending: PendingUpdate,
  why: { readonly writes: readonly Write[]; readonly reason: RebaseReason },
): void {
  tx.put('tray', {
    id: `${held.id}/${pending.writer}/${pending.ref}`,
    collection: held.id,
    document: pending.document,
    writes: why.writes,
    kind: why.reason.refused?.kind ?? 'rule',
    reason: why.reason.refused?.reason ?? '',
    refusedAt: nowMs,
  });
}
