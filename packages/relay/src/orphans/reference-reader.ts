import type { CollectionId, Seq } from '@cacaw/protocol';
import { parseDocumentName } from '@cacaw/protocol';
import { updatesOf, type UpdateLog } from '../ports/update-log.ts';

/** Reads one rows document: `use/hash` of what it needs, and of all that stands in it. */
export type ReadReferences = (
  updates: readonly Uint8Array[],
  nowMs: number,
) => Promise<{ readonly needed: readonly string[]; readonly seen: readonly string[] }>;

/** What a whole collection refers to, at `head` or later. */
export interface CollectionReferences {
  readonly head: Seq;
  readonly needed: ReadonlySet<string>;
  readonly seen: ReadonlySet<string>;
}

/** Reads the references of a collection document by document; undefined when it is gone. */
export async function readCollectionReferences(
  collection: CollectionId,
  {
    log,
    read,
    nowMs,
  }: { readonly log: Pick<UpdateLog, 'state' | 'documents' | 'document'>; readonly read: ReadReferences; readonly nowMs: number },
): Promise<CollectionReferences | undefined> {
  // The head first: whatever is written from here on makes it another one.
  const state = await log.state(collection);
  if (state === undefined || state.gone !== undefined) return undefined;
  const [needed, seen] = [new Set<string>(), new Set<string>()];
  for (const name of await log.documents(collection)) {
    const parsed = parseDocumentName(name);
    if (parsed?.kind !== 'rows') continue;
    const document = await log.document(collection, parsed.base);
    if (document === undefined) continue;
    const found = await read(updatesOf(document), nowMs);
    for (const one of found.needed) needed.add(one);
    for (const one of found.seen) seen.add(one);
  }
  return { head: state.head, needed, seen };
}
