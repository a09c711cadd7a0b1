import * as Y from 'yjs';

/** A replica of what `updates` add up to; undefined when Yjs cannot read them all. */
export function readDocument(updates: readonly Uint8Array[]): Y.Doc | undefined {
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
  } catch {
    return undefined;
  }
  return doc.store.pendingStructs === null && doc.store.pendingDs === null ? doc : undefined;
}
