import {
  parseDocumentName,
  type AccountId,
  type CollectionId,
  type DocumentName,
  type MemberId,
  type Ref,
  type Seq,
  type WireRole,
  type WriterId,
} from '@cacaw/protocol';
import type {
  AppendOutcome,
  AppendRequest,
  ChangedCollection,
  CollectionState,
  DocumentLog,
  JoinAnswer,
  JoinQuery,
  LogPage,
  LogRow,
  PageRequest,
  UpdateLog,
} from '../../ports/update-log.ts';
import { appendBatch } from './append.ts';
import type { Statement } from './append-statements.ts';
import type { Database, ReservedSql, Results } from './connection.ts';
import { readPage } from './page.ts';
import { rowOf, stateOf, type CollectionRecord, type UpdateRecord } from './rows.ts';
import { seal, unseal, type KeyRing } from './seal.ts';

/** The log in PostgreSQL, bytes sealed with each collection's key. */
export function createPostgresUpdateLog(database: Database, ring: KeyRing): UpdateLog {
  return new PostgresUpdateLog(database, ring);
}

class PostgresUpdateLog implements UpdateLog {
  readonly #database: Database;
  readonly #ring: KeyRing;

  constructor(database: Database, ring: KeyRing) {
    this.#database = database;
    this.#ring = ring;
  }

  append(batch: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    return appendBatch(this.#database, this.#ring, batch);
  }

  async join(collection: CollectionId, query: JoinQuery): Promise<JoinAnswer | undefined> {
    const after = query.cursor?.seq ?? (0 as Seq);
    const [refs, [state], [cursor], [counted], [own]] = await this.#database.within(
      { role: 'relay_read', account: query.account },
      (sql) => [
        // Before the state: a ref committed after it would be claimed of a log that does not hold it yet.
        selectLastRefs(sql, collection, query),
        selectState(sql, collection),
        selectChain(sql, collection, after),
        countChanged(sql, collection, after),
        // After the state: a role older than the access it is told with would stay for as long as nothing else changes.
        selectOwnRole(sql, collection, query.account),
      ],
    );
    if (state === undefined) return undefined;
    return {
      state: stateOf(state),
      cursorChain: cursor && new Uint8Array(cursor.chain),
      changed: counted?.changed ?? 0,
      lastRefs: new Map(refs.map((one) => [one.writer, one.last_ref])),
      role: own?.role,
    };
  }

  async state(collection: CollectionId): Promise<CollectionState | undefined> {
    const [[record]] = await this.#room(collection, (sql) => [selectState(sql, collection)]);
    return record === undefined ? undefined : stateOf(record);
  }

  async rows(collection: CollectionId, after: Seq, limit: number): Promise<readonly LogRow[]> {
    const [records] = await this.#room(collection, (sql) => [selectRows(sql, { collection, after, limit })]);
    if (records.length === 0) return [];
    const key = await this.#ring.key(collection);
    return records.map((record) => rowOf(record, key));
  }

  async document(collection: CollectionId, base: string): Promise<DocumentLog | undefined> {
    // One moment: between two statements the document could be minted anew, or folded further.
    const scope = { role: 'relay_room', collection, isOneMoment: true } as const;
    const [[state], [snapshot], records] = await this.#database.within(scope, (sql) => [
      selectDocument(sql, collection, base),
      selectSnapshot(sql, collection, base),
      selectDocumentRows(sql, collection, base),
    ]);
    if (state === undefined) return undefined;
    const key = await this.#ring.key(collection);
    const document = `${base}.${state.generation}` as DocumentName;
    return {
      generation: state.generation,
      snapshot: snapshot && {
        seq: snapshot.seq,
        bytes: unseal(key, { collection, table: 'snapshots', document, seq: snapshot.seq }, snapshot.bytes),
      },
      rows: records.map((record) => rowOf(record, key)),
    };
  }

  async documents(collection: CollectionId): Promise<readonly DocumentName[]> {
    const [records] = await this.#room(collection, (sql) => [selectDocuments(sql, collection)]);
    return records.map((one) => `${one.document}.${one.generation}` as DocumentName);
  }

  page(collection: CollectionId, request: PageRequest): Promise<LogPage | undefined> {
    return readPage(this.#database, this.#ring, collection, request);
  }

  async keepSnapshot(
    collection: CollectionId,
    snapshot: { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array },
  ): Promise<void> {
    const key = await this.#ring.key(collection);
    const { base, generation } = parseDocumentName(snapshot.document) ?? { base: snapshot.document, generation: 0 };
    const bytes = seal(key, { collection, table: 'snapshots', document: snapshot.document, seq: snapshot.seq }, snapshot.bytes);
    await this.#room(collection, (sql) => [upsertSnapshot(sql, { collection, base, generation, seq: snapshot.seq, bytes })]);
  }

  async changed(
    seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
  ): Promise<readonly ChangedCollection[]> {
    const [records] = await this.#database.within({ role: 'relay_look' }, (sql) => [selectChanged(sql, seen)]);
    return records.map((record) => ({ collection: record.collection_id, state: stateOf(record) }));
  }

  #room<const S extends readonly PromiseLike<unknown>[]>(
    collection: CollectionId,
    statements: (sql: ReservedSql) => S,
  ): Promise<Results<S>> {
    return this.#database.within({ role: 'relay_room', collection }, statements);
  }
}

const selectState = (sql: ReservedSql, collection: CollectionId): Statement<CollectionRecord> =>
  sql`select collection_id, head, chain, lineage, access, minimum_schema, gone from collections where collection_id = ${collection}`;

const selectChain = (sql: ReservedSql, collection: CollectionId, seq: Seq): Statement<{ readonly chain: Buffer }> =>
  sql`select chain from updates where collection_id = ${collection} and seq = ${seq}`;

const countChanged = (sql: ReservedSql, collection: CollectionId, after: Seq): Statement<{ readonly changed: number }> =>
  sql`select count(*)::integer as changed from documents where collection_id = ${collection} and head_seq > ${after} and not starts_with(document, 'free.')`;

const selectLastRefs = (
  sql: ReservedSql,
  collection: CollectionId,
  query: JoinQuery,
): Statement<{ readonly writer: WriterId; readonly last_ref: Ref }> =>
  sql`
    select writer, last_ref from writers
    where collection_id = ${collection} and writer = any(${[...query.writers]}::bigint[]) and member = ${query.member as MemberId}`;

const selectOwnRole = (sql: ReservedSql, collection: CollectionId, account: AccountId): Statement<{ readonly role: WireRole }> =>
  sql`select role from members where collection_id = ${collection} and account = ${account} and role <> 'none'`;

const selectRows = (
  sql: ReservedSql,
  { collection, after, limit }: { readonly collection: CollectionId; readonly after: Seq; readonly limit: number },
): Statement<UpdateRecord> => sql`select * from updates where collection_id = ${collection} and seq > ${after} order by seq limit ${limit}`;

interface DocumentRecord {
  readonly document: string;
  readonly generation: number;
}

const selectDocument = (sql: ReservedSql, collection: CollectionId, base: string): Statement<DocumentRecord> =>
  sql`select document, generation from documents where collection_id = ${collection} and document = ${base}`;

const selectDocuments = (sql: ReservedSql, collection: CollectionId): Statement<DocumentRecord> =>
  sql`select document, generation from documents where collection_id = ${collection} order by document`;

const selectSnapshot = (
  sql: ReservedSql,
  collection: CollectionId,
  base: string,
): Statement<{ readonly seq: Seq; readonly bytes: Buffer }> => sql`
  select s.seq, s.bytes from snapshots s join documents d using (collection_id, document, generation)
  where s.collection_id = ${collection} and s.document = ${base} and s.kind = 'head'`;

const selectDocumentRows = (sql: ReservedSql, collection: CollectionId, base: string): Statement<UpdateRecord> => sql`
  select u.* from documents d
  left join snapshots s on s.collection_id = d.collection_id and s.document = d.document and s.kind = 'head' and s.generation = d.generation
  join updates u on u.collection_id = d.collection_id and u.document = d.document || '.' || d.generation and u.seq > coalesce(s.seq, 0)
  where d.collection_id = ${collection} and d.document = ${base} order by u.seq`;

interface SnapshotRecord {
  readonly collection: CollectionId;
  readonly base: string;
  readonly generation: number;
  readonly seq: Seq;
  readonly bytes: Buffer;
}

const upsertSnapshot = (sql: ReservedSql, { collection, base, generation, seq, bytes }: SnapshotRecord): Statement<object> => sql`
  insert into snapshots (collection_id, document, kind, generation, seq, bytes)
  values (${collection}, ${base}, 'head', ${generation}, ${seq}, ${bytes})
  on conflict (collection_id, document, kind) do update
    set generation = excluded.generation, seq = excluded.seq, bytes = excluded.bytes, made_at = now()
    where (snapshots.generation, snapshots.seq) < (excluded.generation, excluded.seq)`;

const selectChanged = (
  sql: ReservedSql,
  seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
): Statement<CollectionRecord> =>
  sql`
    select c.collection_id, c.head, c.chain, c.lineage, c.access, c.minimum_schema, c.gone
    from unnest(${seen.map((one) => one.collection as string)}::text[], ${seen.map((one) => one.head)}::bigint[], ${seen.map((one) => one.access)}::bigint[])
      as x (collection_id, head, access)
    join collections c on c.collection_id = x.collection_id
    where c.head <> x.head or c.access <> x.access`;
