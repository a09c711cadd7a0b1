import { parseDocumentName, type CollectionId, type DocumentName } from '@cacaw/protocol';
import * as Y from 'yjs';
import type { HeldContent } from './device.ts';
import type { LiveDocument } from './live-document.ts';
import type { PendingUpdate, StoreReader } from './store.ts';
import { hydrateDocument } from './unit.ts';

/*
 * A relay that comes back older may have lost pushes it committed and forwarded, and never acknowledged to us. Others give them
 * back under our writer. Were ours run again under another one, a count would stand twice: so what is pending is given back as
 * it was pushed, and what the relay does not take of it was never committed.
 */

/** State vector of what is held, per document. */
export async function stateVectorsOf(
  tx: StoreReader,
  collection: CollectionId,
  held: HeldContent,
): Promise<ReadonlyMap<DocumentName, Uint8Array>> {
  const pending = Map.groupBy(await pendingOf(tx, collection, held), ({ document }) => document);
  const names = new Set(pending.keys());
  for await (const document of confirmedDocuments(tx, collection)) names.add(document);
  const found = new Map<DocumentName, Uint8Array>();
  for (const document of names) {
    const own = pending.get(document) ?? [];
    found.set(document, await withContent(tx, { collection, document, own }, (live) => live.stateVector()));
  }
  return found;
}

/** What is held of a document and lacks in a state vector: confirmed content, then each pending push of which something lacks. */
export async function differencesOf(
  tx: StoreReader,
  wanted: { readonly collection: CollectionId; readonly document: DocumentName; readonly stateVector: Uint8Array },
  held: HeldContent,
): Promise<readonly Uint8Array[]> {
  const { collection, document, stateVector } = wanted;
  const own = (await pendingOf(tx, collection, held)).filter((one) => one.document === document);
  const theirs = Y.decodeStateVector(stateVector);
  const isLacking = ({ bytes }: PendingUpdate): boolean =>
    Y.decodeUpdate(bytes).structs.some(({ id, length }) => (theirs.get(id.client) ?? 0) < id.clock + length);
  const confirmed = await withContent(tx, { collection, document, own: [] }, (live) => live.encodeDifference(stateVector));
  return [confirmed, ...own.filter(isLacking).map(({ bytes }) => bytes)];
}

/** Names in order, found by stepping over each document's records. */
export async function* confirmedDocuments(tx: StoreReader, collection: CollectionId): AsyncGenerator<DocumentName> {
  let after = '';
  for (;;) {
    const [record] = await tx.range('confirmed', { lower: [collection, after], upper: [collection, '~'], limit: 1 });
    if (record === undefined) return;
    yield record.document;
    after = `${record.document} `; // the least name after it: a space is in no name
  }
}

const pendingOf = async (tx: StoreReader, collection: CollectionId, held: HeldContent): Promise<readonly PendingUpdate[]> =>
  held === 'confirmed' ? [] : tx.range('pending', { index: 'order', prefix: [collection] });

async function withContent<T>(
  tx: StoreReader,
  of: { readonly collection: CollectionId; readonly document: DocumentName; readonly own: readonly PendingUpdate[] },
  read: (live: LiveDocument) => T,
): Promise<T> {
  const confirmed = await tx.range('confirmed', { prefix: [of.collection, of.document] });
  const { document } = hydrateDocument(parseDocumentName(of.document)?.base ?? of.document, confirmed, of.own);
  try {
    return read(document);
  } finally {
    document.destroy();
  }
}
