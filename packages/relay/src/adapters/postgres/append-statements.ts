import type { CollectionId, MemberId, Ref, Seq, WireRole, WriterId } from '@cacaw/protocol';
import type postgres from 'postgres';
import type { DocumentState, LogRow, WriterState } from '../../ports/update-log.ts';
import type { ReservedSql } from './connection.ts';
import type { CollectionRecord, UpdateRecord } from './rows.ts';

/** A statement sent but not yet awaited, so that the next can follow it on the same trip. */
export type Statement<T> = postgres.PendingQuery<(T & postgres.Row)[]>;

/**
 * Locks in id order: `patient` ones wait for whoever holds them, which comes first so that it never waits while holding; `free`
 * ones are skipped when somebody does. From then on the transaction sees the rows of what it holds, and of nothing else.
 */
export const lockCollections = (
  sql: ReservedSql,
  { patient, free }: { readonly patient: readonly CollectionId[]; readonly free: readonly CollectionId[] },
): Statement<CollectionRecord> => sql`
  select * from lock_collections(${[...patient]}::text[], ${[...free]}::text[])`;

/** Which of the named collections exist, locked or not. */
export const existing = (
  sql: ReservedSql,
  collections: readonly CollectionId[],
): Statement<{ readonly collection_id: CollectionId }> => sql`
  select collection_id from collections where collection_id = any(${[...collections]}::text[])`;

type Pairs<T> = readonly (readonly [CollectionId, T])[];
const firsts = (pairs: Pairs<unknown>): string[] => pairs.map(([collection]) => collection);
const seconds = <T>(pairs: Pairs<T>): T[] => pairs.map(([, value]) => value);

export const selectRowsAfter = (sql: ReservedSql, after: Pairs<Seq>): Statement<UpdateRecord> => sql`
  select u.* from unnest(${firsts(after)}::text[], ${seconds(after)}::bigint[]) as x (collection_id, seq)
  join updates u on u.collection_id = x.collection_id and u.seq > x.seq order by u.collection_id, u.seq`;

/** A row of `writers`. */
export interface WriterRecord {
  readonly collection_id: CollectionId;
  readonly writer: WriterId;
  readonly member: MemberId;
  readonly last_ref: Ref;
  readonly closed: boolean;
}

export const selectWriters = (sql: ReservedSql, writers: Pairs<WriterId>): Statement<WriterRecord> => sql`
  select w.* from unnest(${firsts(writers)}::text[], ${seconds(writers)}::bigint[]) as x (collection_id, writer)
  join writers w using (collection_id, writer)`;

/** A row of `documents`. */
export interface DocumentRecord {
  readonly collection_id: CollectionId;
  readonly document: string;
  readonly generation: number;
  readonly head_seq: Seq;
}

export const selectDocuments = (sql: ReservedSql, documents: Pairs<string>): Statement<DocumentRecord> => sql`
  select d.* from unnest(${firsts(documents)}::text[], ${seconds(documents)}::text[]) as x (collection_id, document)
  join documents d using (collection_id, document)`;

/** What `members` says about access: the member asked for, and the one it has become. */
export interface RoleRecord {
  readonly collection_id: CollectionId;
  readonly asked: MemberId;
  readonly member: MemberId;
  readonly role: WireRole | 'none';
}

export const selectRoles = (sql: ReservedSql, members: Pairs<MemberId>): Statement<RoleRecord> => sql`
  select m.collection_id, m.member as asked, a.member, a.role
  from unnest(${firsts(members)}::text[], ${seconds(members)}::bigint[]) as x (collection_id, member)
  join members m using (collection_id, member)
  join members a on a.collection_id = m.collection_id and a.member = coalesce(m.same_as, m.member)`;

export const selectRepeats = (
  sql: ReservedSql,
  repeats: Pairs<{ readonly writer: WriterId; readonly ref: Ref }>,
): Statement<UpdateRecord> => sql`
  select u.* from unnest(${firsts(repeats)}::text[], ${seconds(repeats).map((one) => one.writer)}::bigint[],
    ${seconds(repeats).map((one) => one.ref)}::bigint[]) as x (collection_id, writer, ref)
  join updates u using (collection_id, writer, ref)`;

// Told by number, because the driver cannot see from a Buffer or a boolean that an array of them is meant.
const boolArrayType = 1000;
const byteaArrayType = 1001;
/** Many pieces of bytes as one parameter: the driver knows no array of them by itself. */
export const byteaArray = (sql: ReservedSql, values: readonly Buffer[]): postgres.ArrayParameter<Buffer[]> =>
  sql.array([...values], byteaArrayType);

/** A row to insert, its bytes sealed. */
export type SealedRow = readonly [collection: CollectionId, row: LogRow, sealed: Buffer];

export const insertRows = (sql: ReservedSql, rows: readonly SealedRow[]): Statement<object> => sql`
  insert into updates (collection_id, seq, document, writer, ref, member, bytes, chain, received_at)
  select * from unnest(
    ${rows.map(([collection]) => collection as string)}::text[], ${rows.map(([, row]) => row.seq)}::bigint[],
    ${rows.map(([, row]) => row.document as string)}::text[], ${rows.map(([, row]) => row.writer)}::bigint[],
    ${rows.map(([, row]) => row.ref)}::bigint[], ${rows.map(([, row]) => row.member)}::bigint[],
    ${byteaArray(
      sql,
      rows.map(([, , sealed]) => sealed),
    )}, ${byteaArray(
      sql,
      rows.map(([, row]) => Buffer.from(row.chain)),
    )},
    ${rows.map(([, row]) => new Date(row.receivedAt).toISOString())}::timestamptz[])`;

export const upsertWriters = (
  sql: ReservedSql,
  writers: readonly (readonly [CollectionId, WriterId, WriterState])[],
): Statement<object> => sql`
  insert into writers (collection_id, writer, member, last_ref, closed)
  select * from unnest(
    ${writers.map(([collection]) => collection as string)}::text[], ${writers.map(([, writer]) => writer)}::bigint[],
    ${writers.map(([, , state]) => state.member)}::bigint[], ${writers.map(([, , state]) => state.lastRef)}::bigint[],
    ${sql.array(
      writers.map(([, , state]) => state.closed),
      boolArrayType,
    )})
  on conflict (collection_id, writer) do update set last_ref = excluded.last_ref, closed = excluded.closed`;

export const upsertDocuments = (
  sql: ReservedSql,
  documents: readonly (readonly [CollectionId, string, DocumentState])[],
): Statement<object> => sql`
  insert into documents (collection_id, document, generation, head_seq)
  select * from unnest(
    ${documents.map(([collection]) => collection as string)}::text[], ${documents.map(([, base]) => base)}::text[],
    ${documents.map(([, , state]) => state.generation)}::integer[], ${documents.map(([, , state]) => state.headSeq)}::bigint[])
  on conflict (collection_id, document) do update set generation = excluded.generation, head_seq = excluded.head_seq`;

export const updateHeads = (sql: ReservedSql, heads: readonly (readonly [CollectionId, Seq, Uint8Array])[]): Statement<object> => sql`
  update collections c set head = x.head, chain = x.chain
  from unnest(${heads.map(([collection]) => collection as string)}::text[], ${heads.map(([, head]) => head)}::bigint[],
    ${byteaArray(
      sql,
      heads.map(([, , chain]) => Buffer.from(chain)),
    )}) as x (collection_id, head, chain)
  where c.collection_id = x.collection_id`;
