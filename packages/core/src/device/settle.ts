import type { Seq } from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { Work } from './edit.ts';
import { noteForeign, watchForeign } from './foreign.ts';
import type { PendingUpdate } from './store.ts';

/** An own write found in the log: its very bytes become the confirmed record; the documents already show it. */
export function settlePending(work: Work, pending: PendingUpdate, seq: Seq): void {
  const { tx, held } = work;
  tx.put('confirmed', { collection: held.id, document: pending.document, seq, snapshot: false, bytes: pending.bytes });
  held.countRecord(pending.document.slice(0, pending.document.lastIndexOf('.')));
  dropPending(work, pending);
}

/** Ends a push that is pending no more, in the store and in memory; its command stays known as done. */
export function dropPending({ tx, held }: Work, pending: PendingUpdate): void {
  if (pending.done !== undefined) tx.put('commands', pending.done);
  tx.delete('pending', [held.id, pending.writer, pending.ref]);
  held.pending.delete(pending);
}

/** Changes what the store holds of a document and builds its unit anew, noting what that changed for own writes. */
export async function rebuild(work: Work, base: DocumentBase, change: () => void): Promise<void> {
  const { tx, held, rows } = work;
  const before = await held.document(tx, base);
  const watch = watchForeign(before.unit, before.document);
  const journaled = new Set([...before.unit.journal.values()].map((entry) => entry.row));
  change();
  held.drop(before.unit.key);
  const { unit, document } = await held.document(tx, base);
  rows.replace(before.unit, unit);
  await rows.touchAll(tx, unit);
  noteForeign(work, { unit, document, touched: journaled, watch, by: {} });
}
