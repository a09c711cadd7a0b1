import type { DocumentName, WriterId } from '@cacaw/protocol';
import type { LogAck, LogEntry, LogUpdate } from './device.ts';
import type { Work } from './edit.ts';
import { noteForeign, savePurged, watchForeign } from './foreign.ts';
import { moveToGeneration } from './generation.ts';
import { registerBase, type LiveDocument } from './live-document.ts';
import { matchTexts, type ClaimedTexts } from './note-texts.ts';
import { leaveTaken } from './rebase.ts';
import { dropPending, rebuild, settlePending } from './settle.ts';
import type { StoredCursor } from './store.ts';

/** Takes a run of the live tail over: own commits move from pending to confirmed, others' updates are applied. Returns notes to pull again. */
export async function confirmEntries(work: Work, entries: readonly LogEntry[], cursor: StoredCursor): Promise<readonly DocumentName[]> {
  const { held } = work;
  held.isTouched = true;
  const taken = new Set<WriterId>();
  const texts: ClaimedTexts = new Map();
  for (const entry of entries) {
    if (entry.kind === 'ack') confirmAck(work, entry, { isRead: held.hasRead(entry.seq, cursor), texts });
    else if (!held.hasRead(entry.seq, cursor)) {
      await confirmUpdate(work, entry, taken);
      texts.set(entry.document, entry.text);
    }
  }
  const differing = await matchTexts(work, texts);
  held.moveCursor(work.tx, cursor);
  await savePurged(work);
  // Somebody (a thawed twin) committed under our writer id: nothing of ours can be committed under it any more.
  await leaveTaken(work, taken);
  return differing;
}

function confirmAck(
  work: Work,
  { writer, ref, seq }: LogAck,
  { isRead, texts }: { readonly isRead: boolean; readonly texts: ClaimedTexts },
): void {
  const pending = work.held.pending.get(writer, ref);
  if (pending === undefined) return; // the page of a pull has brought it
  texts.set(pending.document, undefined);
  if (isRead) dropPending(work, pending);
  else settlePending(work, pending, seq);
}

async function confirmUpdate(work: Work, update: LogUpdate, taken: Set<WriterId>): Promise<void> {
  const { held } = work;
  const own = held.pending.match(update.writer, update.bytes);
  if (own !== undefined) return settlePending(work, own, update.seq);
  if (await isByTwin(work, update)) taken.add(update.writer);
  await applyLogged(work, update);
}

/** Whether somebody else committed this under one of our writer ids: it is neither a pending write of ours nor one read before. */
export async function isByTwin({ tx, held }: Work, { writer, document, seq }: LogUpdate): Promise<boolean> {
  if (!held.isOwnWriter(writer)) return false;
  const records = await tx.range('confirmed', { prefix: [held.id, document] });
  return !records.some((record) => record.seq === seq || (record.snapshot && record.seq >= seq));
}

/** Stores and applies one update somebody else (or an earlier life of this device) committed. */
export async function applyLogged(work: Work, update: LogUpdate): Promise<void> {
  const named = registerBase(update.document);
  if (named === undefined) return;
  const { tx, held } = work;
  const { unit, document } = await held.document(tx, named.base);
  if (named.generation < document.generation) return;
  if (named.generation > document.generation) return moveToGeneration(work, { name: update.document, updates: [update] });
  const put = (): void =>
    tx.put('confirmed', { collection: held.id, document: update.document, seq: update.seq, snapshot: false, bytes: update.bytes });
  const watch = watchForeign(unit, document);
  const touched = tryRead(document, update.bytes);
  if (touched === undefined) return rebuild(work, named.base, put);
  put();
  held.countRecord(named.base);
  work.rows.touch(unit, touched);
  noteForeign(work, { unit, document, touched, watch, by: update });
}

/** Undefined when the bytes cannot be read: the record is kept all the same, and the unit read again without it (P11). */
function tryRead(document: LiveDocument, bytes: Uint8Array): ReadonlySet<string> | undefined {
  try {
    return document.read(bytes);
  } catch {
    return undefined;
  }
}
