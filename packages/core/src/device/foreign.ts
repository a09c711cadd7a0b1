import { canonicalJson, newCommandId, newLocalId, type Json, type MemberId, type Register } from '@cacaw/protocol';
import { isPurged } from '../inventory/project.ts';
import { addQuantity, type Write } from '../registers.ts';
import { engineCodes } from '../schema.ts';
import { noteField } from './journal.ts';
import type { DocumentBase } from '../inventory/plan-view.ts';
import { applyOwn, type Work } from './edit.ts';
import type { LiveDocument } from './live-document.ts';
import type { JournalEntry } from './store.ts';
import type { Unit } from './unit.ts';

/** What must be remembered of own rows before somebody else's update is applied: afterwards a purge has already emptied them. */
export interface Watch {
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, Register>>;
}

/** Remembers own rows of a document, before somebody else's update of it is applied. */
export function watchForeign(unit: Unit, document: LiveDocument): Watch {
  const rows = new Map<string, ReadonlyMap<string, Register>>();
  if (document.base.startsWith('notes.')) return { rows };
  for (const { row } of unit.journal.values()) {
    const registers = rows.has(row) ? undefined : document.registers.row(row);
    if (registers !== undefined && !isPurged(registers)) rows.set(row, new Map(registers));
  }
  return { rows };
}

interface Seen {
  readonly unit: Unit;
  readonly document: LiveDocument;
  readonly touched: ReadonlySet<string>;
  readonly watch: Watch;
  readonly by: { readonly member?: MemberId | undefined; readonly receivedAt?: number | undefined };
}

/** Compares own writes with what stands after somebody else's update: notes the losers, and the rows purged. */
export function noteForeign(work: Work, { unit, document, touched, watch, by }: Seen): void {
  for (const row of touched) {
    const own = journalOfRow(unit, row);
    if (own.length === 0) continue;
    const before = watch.rows.get(row);
    if (before !== undefined && isPurged(document.registers.row(row))) work.purged.push({ base: document.base, row, own, before });
    else for (const entry of own) noteSuperseded(work, { unit, document, entry, by });
  }
}

const journalOfRow = (unit: Unit, row: string): readonly JournalEntry[] => [...unit.journal.values()].filter((entry) => entry.row === row);

const isSame = (a: Register, b: Register): boolean => a.stamp === b.stamp && canonicalJson(a.value) === canonicalJson(b.value);

function noteSuperseded(work: Work, seen: Pick<Seen, 'unit' | 'document' | 'by'> & { readonly entry: JournalEntry }): void {
  const { unit, document, entry, by } = seen;
  const standing = document.registers.standing(entry.row, entry.field);
  const [winner] = standing;
  if (winner === undefined || isSame(winner, entry)) return;
  // Their write took mine away: its author had seen mine, and nothing was lost unseen.
  if (entry.superseded === undefined && !standing.some((one) => isSame(one, entry))) return forget(work, unit, entry);
  if (entry.superseded !== undefined && isSame(entry.superseded, winner)) return;
  const superseded = { value: winner.value, stamp: winner.stamp, member: by.member, at: by.receivedAt ?? work.nowMs };
  const noted: JournalEntry = { ...entry, superseded };
  unit.journal.set(entry.key, noted);
  work.tx.put('journal', noted);
}

function forget({ tx }: Work, unit: Unit, entry: JournalEntry): void {
  unit.journal.delete(entry.key);
  tx.delete('journal', entry.key);
}

/** A row with own writes that somebody has deleted for ever. */
export interface PurgedRow {
  readonly base: DocumentBase;
  readonly row: string;
  readonly own: readonly JournalEntry[];
  /** Its registers before. */
  readonly before: ReadonlyMap<string, Register>;
}

/**
 * The marker is absorbing: what its author had not seen lives on in a row made again, in the trash (P6). A purge takes away what
 * was seen of registers and text alike, so what still stands was not. Asked when everything that came along has been read.
 */
export async function savePurged(work: Work): Promise<void> {
  for (const { base, row, own, before } of work.purged.splice(0)) {
    const { unit, document } = await work.held.document(work.tx, base);
    const note = unit.documents.get(`notes.${unit.key}`)?.registers.note(row) ?? '';
    const stands = (entry: JournalEntry): boolean =>
      entry.field === noteField ? note !== '' : document.registers.standing(row, entry.field).some((one) => isSame(one, entry));
    const wasUnseen = own.some(stands);
    for (const entry of own) forget(work, unit, entry);
    if (wasUnseen && unit.key !== 'root') await makeAgain(work, { unit, document, before, note });
  }
}

interface Again {
  readonly unit: Unit;
  readonly document: LiveDocument;
  readonly before: PurgedRow['before'];
  readonly note: string;
}

async function makeAgain(work: Work, { unit, document, before, note }: Again): Promise<void> {
  const row = newLocalId(work.random);
  const command = newCommandId(work.random);
  await applyOwn(work, { document: document.name, writes: [rebirth(row, before, work.nowMs)], command, origin: 'command' });
  const notes = unit.documents.get(`notes.${unit.key}`)?.name;
  if (note === '' || notes === undefined) return;
  await applyOwn(work, { document: notes, writes: [{ kind: 'note', row, before: '', after: note }], command, origin: 'command' });
}

/** The birth of a row that carries everything another row showed; counters are folded into their base. */
function rebirth(row: string, registers: ReadonlyMap<string, Register>, nowMs: number): Write {
  const fields: { [field: string]: Json } = {};
  let stamp = 0 as Register['stamp'];
  for (const [field, register] of registers) {
    if (register.stamp > stamp) stamp = register.stamp;
    if (!field.startsWith('q:')) fields[field] = register.value;
    else {
      const [place = field] = field.split('~', 1);
      fields[place] = addQuantity(Number(fields[place] ?? 0), Number(register.value));
    }
  }
  return { kind: 'birth', row, fields: { ...fields, [engineCodes.trash]: nowMs }, stamp };
}
