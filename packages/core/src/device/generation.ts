import type { DocumentName, Ref, WriterId } from '@cacaw/protocol';
import type { LastRefs, LogUpdate, Page } from './device.ts';
import { applyOwn, type Work } from './edit.ts';
import { registerBase, type LiveDocument } from './live-document.ts';
import type { PendingUpdate } from './store.ts';
import { dropPending, rebuild } from './settle.ts';
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
    if (snapshot !== undefined)
      tx.put('confirmed', { collection: held.id, document, seq: snapshot.seq, snapshot: true, bytes: snapshot.bytes });
    for (const { seq, bytes } of updates) tx.put('confirmed', { collection: held.id, document, seq, snapshot: false, bytes });
    held.renewWriter();
  });
  const { document } = await held.document(tx, base);
  const known = minted.lastRefs ?? new Map<WriterId, Ref>();
  // Asked before anything runs again: the answer must come from what was minted alone.
  const unsent = waiting.filter((one) => one.committed !== true && one.ref > (known.get(one.writer) ?? 0) && !isMinted(document, one));
  for (const { writes, command, order, keptAt } of unsent) {
    await applyOwn(work, { document: minted.name, writes, command, order, keptAt, origin: 'rebase' });
  }
}

/** A resumed pull knows no refs: what an own push said stands in the minted document if it was taken in time. */
const isMinted = (document: LiveDocument, pending: PendingUpdate): boolean =>
  pending.writes.some((write) => write.kind !== 'note') && document.carriesEntries(pending.bytes);
