import { textHashBytes } from './canonical-notes.ts';
import { maxMessageBytes } from './limits.ts';
import type { PageDocument } from './messages.ts';
import { bytes, documentName, exactBytes, list, memberId, optional, restList, struct, writerId, type Codec } from './wire/codec.ts';
import { seqDelta, timeDelta } from './wire/log-codec.ts';
import { LogReference, noBases } from './wire/log-base.ts';
import { Reader } from './wire/reader.ts';
import { Writer } from './wire/writer.ts';

const content = bytes(maxMessageBytes);
const snapshot = struct<NonNullable<PageDocument['snapshot']>>({ seq: seqDelta, bytes: content });
const update = struct<PageDocument['updates'][number]>({
  seq: seqDelta,
  writer: writerId,
  member: memberId,
  receivedAt: timeDelta,
  bytes: content,
});

/** The documents of a page, one after the other; seqs and times are relative to those before them, the first to zero. */
export const pageDocuments: Codec<readonly PageDocument[]> = restList(
  struct<PageDocument>({
    document: documentName,
    snapshot: optional(snapshot),
    updates: list(update, maxMessageBytes),
    text: optional(exactBytes(textHashBytes)),
  }),
);

/** The `documents` bytes of a page, before an optional deflate-raw of the whole. */
export function encodePageDocuments(documents: readonly PageDocument[]): Uint8Array {
  const writer = new Writer(4096);
  pageDocuments.write(writer, documents, new LogReference(noBases));
  return writer.finish();
}

/** Reads the `documents` bytes of a page, after inflating; undefined when they are malformed. Never throws. */
export function decodePageDocuments(encoded: Uint8Array): readonly PageDocument[] | undefined {
  const reader = new Reader(encoded);
  const documents = pageDocuments.read(reader, new LogReference(noBases));
  return reader.problem === undefined ? documents : undefined;
}
