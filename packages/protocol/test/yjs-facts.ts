import * as Y from 'yjs';

/** The state vector of a document, by writer. */
export const vectorOf = (doc: Y.Doc): readonly (readonly [number, number])[] =>
  [...Y.decodeStateVector(Y.encodeStateVector(doc))].filter(([, clock]) => clock > 0).sort(([a], [b]) => a - b);

/** All of a document, or what `vector` lacks of it. */
export const encodeState = (doc: Y.Doc, vector?: Uint8Array): Uint8Array => Y.encodeStateAsUpdate(doc, vector);

/** A state vector as Yjs writes it. */
export const encodeVector = (vector: ReadonlyMap<number, number>): Uint8Array => Y.encodeStateVector(new Map(vector));

/** Several updates as one, as a device may send what it did offline. */
export const mergeUpdates = (updates: readonly Uint8Array[]): Uint8Array => Y.mergeUpdates([...updates]);

/** A fresh document after these updates, one transaction each. */
export function applied(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}
