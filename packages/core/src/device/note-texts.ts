import { sameBytes, type DocumentName } from '@cacaw/protocol';
import type { Work } from './edit.ts';
import { registerBase } from './live-document.ts';
import { rebuild } from './settle.ts';

/** What the relay reads in notes documents, as far as this device has now read the log; undefined where it did not say. */
export type ClaimedTexts = Map<DocumentName, Uint8Array | undefined>;

/**
 * Structs of a note whose neighbours are known but stand in another order read differently where they were taken in in another
 * order (P4): own edits stood here before others that the log has first. What is confirmed, in seq order, reads as at the relay.
 * Returns the documents that do not: something of them is missing or damaged here.
 */
export async function matchTexts(work: Work, claimed: ClaimedTexts): Promise<readonly DocumentName[]> {
  const differing: DocumentName[] = [];
  for (const [name, text] of claimed) {
    const base = registerBase(name)?.base;
    if (text === undefined || base === undefined || (await readsAs(work, name, text))) continue;
    await rebuild(work, base, () => undefined);
    if (!(await readsAs(work, name, text)) && work.held.askToReadAgain(base, work.nowMs)) differing.push(name);
  }
  return differing;
}

/** True also where nothing can be compared: another generation is here, or own edits the relay has not seen. */
async function readsAs({ tx, held }: Work, name: DocumentName, text: Uint8Array): Promise<boolean> {
  const named = registerBase(name);
  if (named === undefined || held.pending.ofBase(named.base).length > 0) return true;
  const { document } = await held.document(tx, named.base);
  return document.generation !== named.generation || sameBytes(document.textHash(), text);
}
