import { canonicalNotes, textHashBytes } from '@cacaw/protocol';
import type * as Y from 'yjs';
import { sha256 } from './sha256.ts';

/** The hash of the canonical text of a notes document, at once: inside a transaction nothing else may be awaited. */
export function noteTextHash(doc: Y.Doc): Uint8Array {
  const notes = [...doc.share.keys()].filter((name) => name.startsWith('n/'));
  const text = canonicalNotes(notes.map((name) => [name, doc.getText(name).toJSON()]));
  return sha256(new TextEncoder().encode(text)).slice(0, textHashBytes);
}
