import type { DocumentName } from '@cacaw/protocol';
import { dropPending, rebuild } from './confirm.ts';
import type { LastRefs, LogUpdate, Page } from './device.ts';
import { applyOwn, type Work } from './edit.ts';
import { registerBase } from './live-document.ts';
import { recordsOf } from './unit.ts';

interface Minted {
  readonly name: DocumentName;
  readonly snapshot?: Page['documents'][number]['snapshot'];
  readonly updates: readonly LogUpdate[];
  /** Own writes the relay took before it minted are part of what it minted. */
  readonly lastRefs?: LastRefs | undefined;
}

/**
 * A document came back minted anew: the old one is dropped, and what is still pending for it runs again on the new one.
 * No writer need be closed: the relay takes nothing for the old name any more, and what it took before came first in the log.
 */
export async function moveToGeneration(work: Work, minted: Minted): Promise<void> {
  const base = registerBase(minted.name)?.base;
  if (base === undefined) return;
  const { tx, held } = work;
  const waiting = held.pending.ofBase(base);
  await rebuild(work, base, () => {
    for (const pending of waiting) dropPending(work, pending);
    tx.deleteRange('confirmed', recordsOf(held.id, base));
    const { name: document, snapshot, updates } = minted;
    if (snapshot !== undefined) tx.put('confirmed', { collection: held.id, document, seq: snapshot.seq, snapshot: true, bytes: snapshot.bytes });
    for (const { seq, bytes } of updates) tx.put('confirmed', { collection: held.id, document, seq, snapshot: false, bytes });
    held.renewWriter();
  });
  for (const { writes, command, order, keptAt, committed, writer, ref } of waiting) {
    const isCommitted = committed === true || ref <= (minted.lastRefs?.get(writer) ?? 0);
    if (!isCommitted) await applyOwn(work, { document: minted.name, writes, command, order, keptAt, origin: 'rebase' });
  }
}
