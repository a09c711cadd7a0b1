import type { CollectionId, DocumentName, MemberId, Ref, Seq, WriterId } from '@cacaw/protocol';
import { assemblePage, firstDocuments, isOutOfOrder, maxPageDocuments, maxPageRows, type PageItem } from '../../log/page-position.ts';
import type { LogPage, PageRequest } from '../../ports/update-log.ts';
import type { Statement } from './append-statements.ts';
import type { Database, ReservedSql } from './connection.ts';
import { unseal, type KeyRing, type SealKey } from './seal.ts';

/** A column costs as much to read as a row's seal to open: what all rows share stands in the first, what no page sends in none. */
interface PageRecord {
  readonly base: string;
  readonly generation: number;
  readonly documents: number | null;
  readonly found: number | null;
  readonly is_snapshot: boolean | null;
  readonly seq: Seq | null;
  readonly writer: WriterId;
  readonly ref: Ref;
  readonly member: MemberId;
  readonly bytes: Buffer;
  readonly received_ms: number;
}

/** Reads one page in one trip, seeing what the asking account may see; undefined when it is no member. */
export async function readPage(
  database: Database,
  ring: KeyRing,
  collection: CollectionId,
  request: PageRequest,
): Promise<LogPage | undefined> {
  const first = firstDocuments(request.first, request.position);
  const scope = { role: 'relay_read', account: request.account } as const;
  const [[seen], records] = await database.within(scope, (sql) => [
    selectVisible(sql, collection),
    selectPage(sql, { collection, request, first }),
  ]);
  if (seen === undefined) return undefined;
  const head = records[0];
  if (head === undefined) return assemblePage([], request.position, true);
  const key = await ring.key(collection);
  const items = records.map((record) => itemOf(record, { collection, key, isFirst: isOutOfOrder(record.base, first, request.position) }));
  const complete = head.found === records.length && (head.documents ?? 0) < maxPageDocuments;
  return assemblePage(items, request.position, complete);
}

/** A row when the wall shows the collection to who asks. */
const selectVisible = (sql: ReservedSql, collection: CollectionId): Statement<object> =>
  sql`select 1 from collections where collection_id = ${collection}`;

function itemOf(
  record: PageRecord,
  context: { readonly collection: CollectionId; readonly key: SealKey; readonly isFirst: boolean },
): PageItem {
  const { base, generation, seq } = record;
  const item = { base, generation, isFirst: context.isFirst };
  if (seq === null) return { ...item, entry: undefined };
  const document = `${base}.${generation}` as DocumentName;
  if (record.is_snapshot === true) {
    const bytes = unseal(context.key, { collection: context.collection, table: 'snapshots', document, seq }, record.bytes);
    return { ...item, entry: { kind: 'snapshot', seq, bytes } };
  }
  const bytes = unseal(context.key, { collection: context.collection, table: 'updates', document, seq }, record.bytes);
  const { writer, ref, member, received_ms: receivedAt } = record;
  return { ...item, entry: { kind: 'row', row: { seq, document, writer, ref, member, bytes, receivedAt } } };
}

interface PageQuery {
  readonly collection: CollectionId;
  readonly request: PageRequest;
  readonly first: readonly string[];
}

/** Documents changed after the cursor in sending order, each with its snapshot and rows, cut by documents, rows and bytes. */
function selectPage(
  sql: ReservedSql,
  { collection, request: { after, head, maxBytes, position }, first }: PageQuery,
): Statement<PageRecord> {
  return sql`
    with todo as (
      select d.document as base, d.generation, d.document || '.' || d.generation as document,
        coalesce(array_position(${[...first]}::text[], d.document), 2147483647) as rank,
        case when d.document = ${position.cut?.document ?? null}::text then ${position.cut?.seq ?? 0}::bigint end as cut
      from documents d
      where d.collection_id = ${collection} and d.head_seq > ${after} and not starts_with(d.document, 'free.') and d.document <> all(${[...position.done]}::text[])
        and (d.document > ${position.after} or d.document = any(${[...first]}::text[]))
      order by rank, d.document limit ${maxPageDocuments}
    ), kept as (
      select todo.*, s.seq as snapshot_seq
      from todo left join snapshots s on s.collection_id = ${collection} and s.document = todo.base and s.kind = 'head'
        and s.generation = todo.generation and s.seq > ${after} and s.seq <= ${head} and todo.cut is null
    ), entries as (
      select kept.base, kept.generation, kept.rank, e.*
      from kept left join lateral (
        select true as is_snapshot, s.seq, null::bigint as writer, null::bigint as ref, null::bigint as member, s.bytes,
          null::timestamptz as received_at
        from snapshots s
        where s.collection_id = ${collection} and s.document = kept.base and s.kind = 'head' and s.seq = kept.snapshot_seq
        union all
        (select false, u.seq, u.writer, u.ref, u.member, u.bytes, u.received_at
        from updates u
        where u.collection_id = ${collection} and u.document = kept.document
          and u.seq > greatest(${after}, kept.cut, kept.snapshot_seq) and u.seq <= ${head}
        order by u.seq limit ${maxPageRows})
      ) e on true
    ), measured as (
      select entries.*, count(*) over ()::integer as found, (select count(*) from todo)::integer as documents,
        row_number() over in_order as place, coalesce(sum(octet_length(bytes)) over in_order, 0) - coalesce(octet_length(bytes), 0) as bytes_before
      from entries window in_order as (order by rank, base, is_snapshot desc, seq rows unbounded preceding)
    )
    select base, generation, case when place = 1 then documents end as documents, case when place = 1 then found end as found,
      is_snapshot, seq, writer, ref, member, bytes, (extract(epoch from received_at) * 1000)::bigint as received_ms
    from measured where bytes_before < ${maxBytes} and place <= ${maxPageRows} order by place`;
}
