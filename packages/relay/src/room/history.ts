import {
  newWriterId,
  parseDocumentName,
  type CollectionId,
  type DocumentName,
  type ParsedDocumentName,
  type Random,
  type Ref,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import { foldUpdates } from '../log/snapshot.ts';
import type { Observer } from '../observer.ts';
import { updatesOf, type DocumentLog, type UpdateLog } from '../ports/update-log.ts';
import type { Answer, Author } from './ops.ts';
import type { Room } from './room.ts';

/** Keeps a head snapshot of a document whose rows have become many; false when there is none that reads the same. */
export async function foldDocument(
  collection: CollectionId,
  base: string,
  { log, observer }: { readonly log: UpdateLog; readonly observer: Observer },
): Promise<boolean> {
  const found = await log.document(collection, base);
  const last = found?.rows.at(-1);
  if (found === undefined || last === undefined) return false;
  const bytes = foldUpdates(updatesOf(found));
  if (bytes === undefined)
    observer.fault('a document cannot be folded', { collection, error: `${base} reads differently from its snapshot` });
  else await log.keepSnapshot(collection, { document: last.document, seq: last.seq, bytes });
  return bytes !== undefined;
}

/** Turns everything a document holds into one update by `writer`. */
export type Make = (updates: readonly Uint8Array[], writer: WriterId) => Uint8Array;

/** Makes a document anew under its next generation. `moved`: somebody wrote meanwhile, and nothing has happened. */
export async function mintDocument(
  room: Room,
  { base, author }: { readonly base: string; readonly author: Author },
  { log, random, make }: { readonly log: UpdateLog; readonly random: Random; readonly make: Make },
): Promise<'minted' | 'moved' | 'missing'> {
  const found = await room.between(() => log.document(room.collection, base));
  const next = found === undefined ? undefined : nextGeneration(base, found);
  if (found === undefined || next === undefined) return 'missing';
  const writer = newWriterId(random);
  const bytes = make(updatesOf(found), writer);
  const answer = await new Promise<Answer>((done) =>
    room.submit({ kind: 'mint', author, writer, ref: 1 as Ref, target: next, bytes, seen: next.seen, answer: done }),
  );
  return answer.kind === 'appended' ? 'minted' : 'moved';
}

function nextGeneration(
  base: string,
  { generation, rows, snapshot }: DocumentLog,
): { readonly name: DocumentName; readonly parsed: ParsedDocumentName; readonly seen: Seq } | undefined {
  const seen = rows.at(-1)?.seq ?? snapshot?.seq;
  const name = `${base}.${generation + 1}` as DocumentName;
  const parsed = parseDocumentName(name);
  return seen === undefined || parsed === undefined ? undefined : { name, parsed, seen };
}
