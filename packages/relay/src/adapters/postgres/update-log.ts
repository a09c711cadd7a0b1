import { parseDocumentName, type CollectionId, type DocumentName, type MemberId, type Ref, type Seq, type WriterId } from '@cacaw/protocol';
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
import type { Database, Sql } from './connection.ts';
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

  join(collection: CollectionId, query: JoinQuery): Promise<JoinAnswer | undefined> {
    const after = query.cursor?.seq ?? (0 as Seq);
    return this.#database.run(async (sql) => {
      // Before the state: a ref committed after it would be claimed of a log that does not hold it yet.
      const refs = await selectLastRefs(sql, collection, query);
      const [[state], [cursor], [counted]] = await Promise.all([
        selectState(sql, collection),
        selectChain(sql, collection, after),
        countChanged(sql, collection, after),
      ]);
      if (state === undefined) return undefined;
      return {
        state: stateOf(state),
        cursorChain: cursor && new Uint8Array(cursor.chain),
        changed: counted?.changed ?? 0,
        lastRefs: new Map(refs.map((one) => [one.writer, one.last_ref])),
      };
    });
  }

  state(collection: CollectionId): Promise<CollectionState | undefined> {
    return this.#database.run(async (sql) => {
      const [record] = await selectState(sql, collection);
      return record === undefined ? undefined : stateOf(record);
    });
  }

  rows(collection: CollectionId, after: Seq, limit: number): Promise<readonly LogRow[]> {
    return this.#database.run(async (sql) => {
      const records = await selectRows(sql, { collection, after, limit });
      if (records.length === 0) return [];
      const key = await this.#ring.key(collection);
      return records.map((record) => rowOf(record, key));
    });
  }

  document(collection: CollectionId, base: string): Promise<DocumentLog | undefined> {
    return this.#database.run(async (sql) => {
      const [state] = await selectDocument(sql, collection, base);
      if (state === undefined) return undefined;
      const key = await this.#ring.key(collection);
      const document = `${base}.${state.generation}` as DocumentName;
      const [snapshot] = await selectSnapshot(sql, collection, state);
      const records = await selectDocumentRows(sql, { collection, document, after: snapshot?.seq ?? (0 as Seq) });
      return {
        generation: state.generation,
        snapshot: snapshot && {
          seq: snapshot.seq,
          bytes: unseal(key, { collection, table: 'snapshots', document, seq: snapshot.seq }, snapshot.bytes),
        },
        rows: records.map((record) => rowOf(record, key)),
      };
    });
  }

  documents(collection: CollectionId): Promise<readonly DocumentName[]> {
    return this.#database.run(async (sql) =>
      (await selectDocuments(sql, collection)).map((one) => `${one.document}.${one.generation}` as DocumentName),
    );
  }

  page(collection: CollectionId, request: PageRequest): Promise<LogPage> {
    return this.#database.run(async (sql) => readPage(sql, await this.#ring.key(collection), collection, request));
  }

  keepSnapshot(
    collection: CollectionId,
    snapshot: { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array },
  ): Promise<void> {
    return this.#database.run(async (sql) => {
      const key = await this.#ring.key(collection);
      const { base, generation } = parseDocumentName(snapshot.document) ?? { base: snapshot.document, generation: 0 };
      const bytes = seal(key, { collection, table: 'snapshots', document: snapshot.document, seq: snapshot.seq }, snapshot.bytes);
      await upsertSnapshot(sql, { collection, base, generation, seq: snapshot.seq, bytes });
    });
  }

  changed(
    seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
  ): Promise<readonly ChangedCollection[]> {
    return this.#database.run(async (sql) =>
      (await selectChanged(sql, seen)).map((record) => ({ collection: record.collection_id, state: stateOf(record) })),
    );
  }
}

const selectState = (sql: Sql, collection: CollectionId): Promise<CollectionRecord[]> =>
  sql<
    CollectionRecord[]
  >`select collection_id, head, chain, lineage, access, minimum_schema, gone from collections where collection_id = ${collection}`;

const selectChain = (sql: Sql, collection: CollectionId, seq: Seq): Promise<{ readonly chain: Buffer }[]> =>
  sql<{ chain: Buffer }[]>`select chain from updates where collection_id = ${collection} and seq = ${seq}`;

const countChanged = (sql: Sql, collection: CollectionId, after: Seq): Promise<{ readonly changed: number }[]> =>
  sql<
    { changed: number }[]
  >`select count(*)::integer as changed from documents where collection_id = ${collection} and head_seq > ${after} and not starts_with(document, 'free.')`;

const selectLastRefs = (
  sql: Sql,
  collection: CollectionId,
  query: JoinQuery,
): Promise<{ readonly writer: WriterId; readonly last_ref: Ref }[]> =>
  sql<{ writer: WriterId; last_ref: Ref }[]>`
    select writer, last_ref from writers
    where collection_id = ${collection} and writer = any(${[...query.writers]}::bigint[]) and member = ${query.member as MemberId}`;

const selectRows = (
  sql: Sql,
  { collection, after, limit }: { readonly collection: CollectionId; readonly after: Seq; readonly limit: number },
): Promise<UpdateRecord[]> =>
  sql<UpdateRecord[]>`select * from updates where collection_id = ${collection} and seq > ${after} order by seq limit ${limit}`;

interface DocumentRecord {
  readonly document: string;
  readonly generation: number;
}

const selectDocument = (sql: Sql, collection: CollectionId, base: string): Promise<DocumentRecord[]> =>
  sql<DocumentRecord[]>`select document, generation from documents where collection_id = ${collection} and document = ${base}`;

const selectDocuments = (sql: Sql, collection: CollectionId): Promise<DocumentRecord[]> =>
  sql<DocumentRecord[]>`select document, generation from documents where collection_id = ${collection} order by document`;

const selectSnapshot = (
  sql: Sql,
  collection: CollectionId,
  { document, generation }: DocumentRecord,
): Promise<{ readonly seq: Seq; readonly bytes: Buffer }[]> =>
  sql<{ seq: Seq; bytes: Buffer }[]>`
    select seq, bytes from snapshots where collection_id = ${collection} and document = ${document} and kind = 'head' and generation = ${generation}`;

const selectDocumentRows = (
  sql: Sql,
  { collection, document, after }: { readonly collection: CollectionId; readonly document: DocumentName; readonly after: Seq },
): Promise<UpdateRecord[]> =>
  sql<UpdateRecord[]>`select * from updates where collection_id = ${collection} and document = ${document} and seq > ${after} order by seq`;

interface SnapshotRecord {
  readonly collection: CollectionId;
  readonly base: string;
  readonly generation: number;
  readonly seq: Seq;
  readonly bytes: Buffer;
}

const upsertSnapshot = (sql: Sql, { collection, base, generation, seq, bytes }: SnapshotRecord): Promise<object> => sql`
  insert into snapshots (collection_id, document, kind, generation, seq, bytes)
  values (${collection}, ${base}, 'head', ${generation}, ${seq}, ${bytes})
  on conflict (collection_id, document, kind) do update
    set generation = excluded.generation, seq = excluded.seq, bytes = excluded.bytes, made_at = now()
    where (snapshots.generation, snapshots.seq) < (excluded.generation, excluded.seq)`;

const selectChanged = (
  sql: Sql,
  seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
): Promise<CollectionRecord[]> =>
  sql<CollectionRecord[]>`
    select c.collection_id, c.head, c.chain, c.lineage, c.access, c.minimum_schema, c.gone
    from unnest(${seen.map((one) => one.collection as string)}::text[], ${seen.map((one) => one.head)}::bigint[], ${seen.map((one) => one.access)}::bigint[])
      as x (collection_id, head, access)
    join collections c on c.collection_id = x.collection_id
    where c.head <> x.head or c.access <> x.access`;
