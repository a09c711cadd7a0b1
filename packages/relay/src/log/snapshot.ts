import * as Y from 'yjs';
import { sameBytes } from './chain.ts';

/**
 * One update that stands for `updates`, verified: a fresh replica reads the same from it as from them. Undefined when the
 * updates cannot be read, leave something pending, or do not survive the round trip; then the rows stay what they are.
 */
export function foldUpdates(updates: readonly Uint8Array[]): Uint8Array | undefined {
  const source = replicaOf(updates);
  if (source === undefined) return undefined;
  const folded = Y.encodeStateAsUpdate(source);
  const copy = replicaOf([folded]);
  if (copy === undefined || !sameBytes(Y.encodeStateAsUpdate(copy), folded) || !readsSame(source, copy)) return undefined;
  return folded;
}

function replicaOf(updates: readonly Uint8Array[]): Y.Doc | undefined {
  const doc = new Y.Doc();
  try {
    // One transaction each, as replicas of notes take them.
    for (const update of updates) Y.applyUpdate(doc, update);
  } catch {
    return undefined;
  }
  return doc.store.pendingStructs === null && doc.store.pendingDs === null ? doc : undefined;
}

/** The same list elements and text under every root, whatever kind of type it is used as. */
function readsSame(a: Y.Doc, b: Y.Doc): boolean {
  const names = [...a.share.keys()];
  return names.length === b.share.size && names.every((name) => JSON.stringify(contentOf(a, name)) === JSON.stringify(contentOf(b, name)));
}

function contentOf(doc: Y.Doc, name: string): unknown {
  const found: unknown[] = [];
  for (let item = doc.share.get(name)?._start ?? null; item !== null; item = item.right) if (!item.deleted) found.push(plain(item));
  const keyed = [...(doc.share.get(name)?._map ?? [])].filter(([, item]) => !item.deleted).map(([key, item]) => [key, plain(item)]);
  return [found, keyed.sort(([one], [two]) => (String(one) < String(two) ? -1 : 1))];
}

const plain = (item: Y.Item): unknown =>
  item.content
    .getContent()
    .map((value: unknown) => (value instanceof Y.AbstractType ? value.toJSON() : value instanceof Uint8Array ? [...value] : value));
