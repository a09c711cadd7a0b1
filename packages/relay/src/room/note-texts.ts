import { parseDocumentName, type DocumentName, type Seq } from '@cacaw/protocol';
import type { LogPage } from '../ports/update-log.ts';
import type { Room } from './room.ts';

/** So many notes documents of one page are read from the log for it; a whole one is read by its receiver as we would. */
const maxLoaded = 32;

/** What the notes documents of a page read at its end, of those that the relay holds exactly there. */
export async function textsOfPage(room: Room, page: LogPage, after: Seq): Promise<ReadonlyMap<DocumentName, Uint8Array>> {
  const notes = page.documents.filter((one) => notesBase(one.document) !== undefined);
  if (notes.length === 0) return new Map();
  const continued = notes.filter(({ snapshot }) => after > 0 && snapshot === undefined).slice(0, maxLoaded);
  return room.between(async () => {
    await room.documents.load(continued.flatMap((one) => notesBase(one.document) ?? []));
    const texts = new Map<DocumentName, Uint8Array>();
    for (const { document, snapshot, rows } of notes) {
      const seq = rows.at(-1)?.seq ?? snapshot?.seq;
      const hash = seq === undefined ? undefined : room.documents.textHash({ document, seq });
      if (hash !== undefined) texts.set(document, hash);
    }
    return texts;
  });
}

/** The base name of a notes document; undefined for others. */
export function notesBase(document: DocumentName): string | undefined {
  const name = parseDocumentName(document);
  return name?.kind === 'notes' ? name.base : undefined;
}
