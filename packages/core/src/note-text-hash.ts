import { canonicalNotes, textHashBytes } from '@cacaw/protocol';
import { digest } from 'lib0/hash/sha256';
import type * as Y from 'yjs';

/** The hash of the canonical text of a notes document, at once: inside a transaction nothing else may be awaited. */
export function noteTextHash(doc: Y.Doc): Uint8Array {
  const notes = [...doc.share.keys()].filter((name) => name.startsWith('n/'));
  const text = canonicalNotes(notes.map((name) => [name, doc.getText(name).toJSON()]));
  return new Uint8Array(digest(new TextEncoder().encode(text)).subarray(0, textHashBytes));
}
