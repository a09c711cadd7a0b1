import { deflateRawSync } from 'node:zlib';
import { encodePageDocuments, maxPageBytes, parseDocumentName, type ClientMessage, type DocumentName, type Seq } from '@cacaw/protocol';
import { decodePullState, encodePullState, pullStart } from '../log/page-position.ts';
import { sameBytes } from '../log/chain.ts';
import { LogUnavailable, type LogPage, type UpdateLog } from '../ports/update-log.ts';
import type { RoomFrame } from '../room/naming.ts';
import { textsOfPage } from '../room/note-texts.ts';
import type { Author } from '../room/ops.ts';
import type { Room } from '../room/room.ts';

export type Pull = Extract<ClientMessage, { readonly type: 'pull' }>;

interface Asked {
  readonly log: UpdateLog;
  readonly room: Room;
  readonly author: Author;
}

/** Below this a page is not worth deflating. */
const deflateFrom = 512;
const minPageBytes = 1;

/**
 * The page that answers a pull, as the puller may see it; throws {@link LogUnavailable} when it is to be asked again.
 * One reading of the log, whatever it holds.
 */
export async function pageFor({ log, room, author }: Asked, pull: Pull): Promise<RoomFrame> {
  const { head, chain, position } = await pullStateOf({ log, room }, pull);
  const first = ['root', ...pull.order.flatMap((name) => parseDocumentName(name)?.base ?? [])];
  const page = await log.page(room.collection, {
    account: author.account,
    after: pull.after,
    head,
    maxBytes: Math.min(Math.max(pull.maxBytes, minPageBytes), maxPageBytes),
    first: [...new Set(first)],
    position,
  });
  // Removed or moved a moment ago: the room says so at once, and an empty page would say that there is nothing.
  if (page === undefined) throw new LogUnavailable(`The log of ${room.collection} shows nothing to ${author.member}.`);
  const next = page.next === undefined ? undefined : encodePullState({ head, chain, position: page.next });
  const encoded = encodePageDocuments(documentsOf(page, await textsOfPage(room, page, pull.after)));
  const deflated = encoded.length < deflateFrom ? encoded : new Uint8Array(deflateRawSync(encoded, { level: 5 }));
  const isSmaller = deflated.length < encoded.length;
  const [encoding, documents] = isSmaller ? [1, deflated] : [0, encoded];
  return room.naming.encode({ type: 'page', collection: room.naming.collection.handle, head, chain, next, encoding, documents });
}

/** A pull goes on where it was cut, if the log still has the head it named; otherwise it begins anew at the present head. */
async function pullStateOf(
  { log, room }: Pick<Asked, 'log' | 'room'>,
  pull: Pull,
): Promise<{ readonly head: Seq; readonly chain: Uint8Array; readonly position: typeof pullStart }> {
  const { head, chain } = room.state;
  const asked = pull.next === undefined ? undefined : decodePullState(pull.next);
  if (asked === undefined) return { head, chain, position: pullStart };
  if (asked.head === head && sameBytes(asked.chain, chain)) return asked;
  const [row] = await log.rows(room.collection, (asked.head - 1) as Seq, 1);
  return row?.seq === asked.head && sameBytes(row.chain, asked.chain) ? asked : { head, chain, position: pullStart };
}

const documentsOf = (page: LogPage, texts: ReadonlyMap<DocumentName, Uint8Array>): Parameters<typeof encodePageDocuments>[0] =>
  page.documents.map(({ document, snapshot, rows }) => ({
    document,
    snapshot,
    updates: rows.map((row) => ({
      seq: row.seq,
      writer: row.writer,
      member: row.member,
      receivedAt: row.receivedAt,
      bytes: row.bytes,
    })),
    text: texts.get(document),
  }));
