import type { CollectionId, DocumentName, GoneReason, MemberId, Ref, Seq, WriterId } from '@cacaw/protocol';
import type { CollectionState, LogRow } from '../../ports/update-log.ts';
import { unseal, type SealKey } from './seal.ts';

/** A row of `collections` as the driver returns it. */
export interface CollectionRecord {
  readonly collection_id: CollectionId;
  readonly head: Seq;
  readonly chain: Buffer;
  readonly lineage: Buffer;
  readonly access: number;
  readonly minimum_schema: number;
  readonly gone: GoneReason | null;
}

/** A row of `updates` as the driver returns it. */
export interface UpdateRecord {
  readonly collection_id: CollectionId;
  readonly seq: Seq;
  readonly document: DocumentName;
  readonly writer: WriterId;
  readonly ref: Ref;
  readonly member: MemberId;
  readonly bytes: Buffer;
  readonly chain: Buffer;
  readonly received_at: Date;
}

export const stateOf = (record: CollectionRecord): CollectionState => ({
  head: record.head,
  chain: new Uint8Array(record.chain),
  lineage: new Uint8Array(record.lineage),
  access: record.access,
  minimumSchema: record.minimum_schema,
  gone: record.gone ?? undefined,
});

/** A log row with its bytes opened. */
export const rowOf = (record: UpdateRecord, key: SealKey): LogRow => ({
  seq: record.seq,
  document: record.document,
  writer: record.writer,
  ref: record.ref,
  member: record.member,
  bytes: unseal(key, { collection: record.collection_id, table: 'updates', document: record.document, seq: record.seq }, record.bytes),
  chain: new Uint8Array(record.chain),
  receivedAt: record.received_at.getTime(),
});
