import { stampAt, type CollectionId } from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import { engineCodes } from '../schema.ts';
import type { Write } from '../registers.ts';
import type { Work } from './edit.ts';
import type { LiveDocument } from './live-document.ts';
import type { JournalEntry, RangeQuery } from './store.ts';
import type { Unit } from './unit.ts';

/** The journal of one document. '0' is the character after '/'. */
export const journalOf = (collection: CollectionId, base: DocumentBase): RangeQuery => ({
  lower: `${collection}/${base}/`,
  upper: `${collection}/${base}0`,
});

interface JournaledWrites {
  readonly unit: Unit;
  readonly document: LiveDocument;
  readonly writes: readonly Write[];
}

/** Remembers own register writes until somebody else's is seen to have won, so that the loser's value can be shown (P5). */
export function journalWrites(work: Work, { unit, document, writes }: JournaledWrites): void {
  const { tx, held } = work;
  for (const write of writes) {
    if (write.kind === 'note') journalNote(work, { unit, document, write });
    const field = journaledField(write, held.writer);
    const standing = field === undefined ? undefined : document.registers.get(write.row, field);
    if (field === undefined || standing === undefined) continue;
    const key = `${held.id}/${document.base}/${write.row}/${field}`;
    const entry: JournalEntry = { key, collection: held.id, row: write.row, field, value: standing.value, stamp: standing.stamp };
    unit.journal.set(key, entry);
    tx.put('journal', entry);
  }
}

/** Texts merge, so a note's edit loses to nobody; it is remembered for the case that the row is purged without its having been seen. */
export const noteField = 'note';

function journalNote(
  { tx, held, nowMs }: Work,
  edit: { readonly unit: Unit; readonly document: LiveDocument; readonly write: Extract<Write, { readonly kind: 'note' }> },
): void {
  const { row, after } = edit.write;
  const key = `${held.id}/${edit.document.base}/${row}/${noteField}`;
  const entry: JournalEntry = { key, collection: held.id, row, field: noteField, value: after, stamp: stampAt(nowMs) };
  edit.unit.journal.set(key, entry);
  tx.put('journal', entry);
}

/** Births cannot be overtaken by somebody who has not seen them, and where a row stands in a list is nobody's loss. */
function journaledField(write: Write, writer: number): string | undefined {
  if (write.kind === 'set') return write.field === engineCodes.order ? undefined : write.field;
  return write.kind === 'count' ? `q:${write.place}~${writer}` : undefined;
}
