import { canonicalJson, newLocalId, type Json, type MemberId, type Register, type ShardId } from '@cacaw/protocol';
import { isPurged } from '../inventory/project.ts';
import { addQuantity, type Write } from '../registers.ts';
import { engineCodes } from '../schema.ts';
import { applyOwn, engineCommand, type Work } from './edit.ts';
import { documentName, type LiveDocument } from './live-document.ts';
import type { JournalEntry } from './store.ts';
import type { Unit } from './unit.ts';

/** What must be remembered of own rows before somebody else's update is applied: afterwards a purge has already emptied them. */
export interface Watch {
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, Register>>;
}

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

/** Compares own writes with what stands after somebody else's update: notes the losers, and saves rows purged unseen. */
export async function noteForeign(work: Work, { unit, document, touched, watch, by }: Seen): Promise<void> {
  for (const row of touched) {
    const own = journalOfRow(unit, row);
    if (own.length === 0) continue;
    const before = watch.rows.get(row);
    if (before !== undefined && isPurged(document.registers.row(row))) await afterPurge(work, { unit, document, row, own, before });
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

interface Purged {
  readonly unit: Unit;
  readonly document: LiveDocument;
  readonly row: string;
  readonly own: readonly JournalEntry[];
  readonly before: ReadonlyMap<string, Register>;
}

/** The marker is absorbing: what the purger had not seen lives on in a row made again, in the trash (P6). */
async function afterPurge(work: Work, { unit, document, row, own, before }: Purged): Promise<void> {
  const wasUnseen = own.some((entry) => document.registers.standing(row, entry.field).some((one) => isSame(one, entry)));
  for (const entry of own) forget(work, unit, entry);
  if (!wasUnseen || unit.key === 'root') return;
  const again = newLocalId(work.random);
  const note = unit.documents.get(`notes.${unit.key}`)?.registers.note(row) ?? '';
  const command = engineCommand(work.random);
  await applyOwn(work, { document: document.name, writes: [rebirth(again, before, work.nowMs)], command, origin: 'command' });
  if (note === '') return;
  const notes = unit.documents.get(`notes.${unit.key as ShardId}`)?.name ?? documentName(`notes.${unit.key}`, 0);
  await applyOwn(work, { document: notes, writes: [{ kind: 'note', row: again, before: '', after: note }], command, origin: 'command' });
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
