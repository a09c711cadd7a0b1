import { parseDocumentName, type CollectionId, type DocumentName } from '@cacaw/protocol';
import type { LiveDocument } from './live-document.ts';
import type { StoreReader } from './store.ts';
import { hydrateDocument } from './unit.ts';

/** State vector of what is confirmed, per document. */
export async function stateVectorsOf(tx: StoreReader, collection: CollectionId): Promise<ReadonlyMap<DocumentName, Uint8Array>> {
  const found = new Map<DocumentName, Uint8Array>();
  for await (const document of confirmedDocuments(tx, collection)) {
    found.set(document, await withConfirmed(tx, { collection, document }, (live) => live.stateVector()));
  }
  return found;
}

/** What is confirmed here of a document and lacks in a state vector. */
export function differenceOf(
  tx: StoreReader,
  wanted: { readonly collection: CollectionId; readonly document: DocumentName; readonly stateVector: Uint8Array },
): Promise<Uint8Array> {
  return withConfirmed(tx, wanted, (live) => live.encodeDifference(wanted.stateVector));
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

async function withConfirmed<T>(
  tx: StoreReader,
  of: { readonly collection: CollectionId; readonly document: DocumentName },
  read: (live: LiveDocument) => T,
): Promise<T> {
  const confirmed = await tx.range('confirmed', { prefix: [of.collection, of.document] });
  const { document } = hydrateDocument(parseDocumentName(of.document)?.base ?? of.document, confirmed, []);
  try {
    return read(document);
  } finally {
    document.destroy();
  }
}
