import type { BlobHash, CollectionId, Seq } from '@cacaw/protocol';
import type { BlobUse } from '@cacaw/protocol/http';
import type { BlobKey, BlobMarks, BlobStanding, MarkedBlob, RemovalTerms } from '../../ports/blob-marks.ts';
import type { Database, ReservedSql } from './connection.ts';
import { transaction } from './transaction.ts';

/** Marks in the table of blobs. */
export const createPostgresBlobMarks = (database: Database): BlobMarks => new PostgresMarks(database);

const scope = { role: 'relay_jobs' } as const;
const nothing: BlobStanding = { stored: [], onTheirWay: [] };

class PostgresMarks implements BlobMarks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async collections(after: string, limit: number): Promise<readonly CollectionId[]> {
    const [rows] = await this.#database.within(scope, (sql) => [selectCollections(sql, after, limit)]);
    return rows.map(({ collection_id }) => collection_id);
  }

  async blobs(collection: CollectionId): Promise<readonly MarkedBlob[]> {
    const [rows] = await this.#database.within(scope, (sql) => [selectBlobs(sql, collection)]);
    return rows.map(({ hash, use, created_at, marked_at, needed_at }) => ({
      ...{ hash, use, createdAt: created_at, markedAt: marked_at ?? undefined },
      wasNeeded: needed_at !== null,
    }));
  }

  async noteNeeded(collection: CollectionId, blobs: readonly BlobKey[], at: Date): Promise<void> {
    await this.#database.within(scope, (sql) => [updateNeeded(sql, { collection, blobs }, at)]);
  }

  async mark(collection: CollectionId, blobs: readonly BlobKey[], at: Date): Promise<void> {
    await this.#database.within(scope, (sql) => [updateMark(sql, { collection, blobs }, at)]);
  }

  async unmark(collection: CollectionId, blobs: readonly BlobKey[]): Promise<void> {
    await this.#database.within(scope, (sql) => [updateMark(sql, { collection, blobs }, null)]);
  }

  remove(collection: CollectionId, blobs: readonly BlobKey[], terms: RemovalTerms): Promise<readonly BlobKey[]> {
    return transaction(this.#database, scope, async (ask) => {
      const [held] = await ask((sql) => lock(sql, collection));
      if (held?.gone !== null || held.head !== terms.head) return [];
      return ask((sql) => deleteMarked(sql, { collection, blobs }, terms));
    });
  }

  async standing(collection: CollectionId): Promise<BlobStanding | 'gone' | 'unknown'> {
    const [[known], stored, onTheirWay] = await this.#database.within(scope, (sql) => [
      sql<{ gone: string | null }[]>`select gone from collections where collection_id = ${collection}`,
      sql<BlobKey[]>`select hash, use from blobs where collection_id = ${collection}`,
      sql<BlobKey[]>`select hash, use from uploads where collection_id = ${collection}`,
    ]);
    if (known === undefined) return 'unknown';
    return known.gone === null ? { stored, onTheirWay } : 'gone';
  }

  whileHeld(collection: CollectionId, hash: BlobHash, work: (standing: BlobStanding) => Promise<void>): Promise<void> {
    return transaction(this.#database, scope, async (ask) => {
      const [held] = await ask((sql) => lock(sql, collection));
      // Nothing can begin in what is gone.
      if (held?.gone !== null) return work(nothing);
      const stored = await ask((sql) => sql<BlobKey[]>`select hash, use from blobs where collection_id = ${collection} and hash = ${hash}`);
      const onTheirWay = await ask(
        (sql) => sql<BlobKey[]>`select hash, use from uploads where collection_id = ${collection} and hash = ${hash}`,
      );
      return work({ stored, onTheirWay });
    });
  }
}

interface Named {
  readonly collection: CollectionId;
  readonly blobs: readonly BlobKey[];
}

type Rows<T> = PromiseLike<T[]>;

const lock = (sql: ReservedSql, collection: CollectionId): Rows<{ readonly head: Seq; readonly gone: string | null }> =>
  sql<{ head: Seq; gone: string | null }[]>`select head, gone from collections where collection_id = ${collection} for no key update`;

const selectCollections = (sql: ReservedSql, after: string, limit: number): Rows<{ readonly collection_id: CollectionId }> =>
  sql<{ collection_id: CollectionId }[]>`
    select c.collection_id from collections c where c.gone is null and c.collection_id > ${after}
      and exists (select from blobs b where b.collection_id = c.collection_id)
    order by c.collection_id limit ${limit}`;

interface BlobRecord {
  readonly hash: BlobHash;
  readonly use: BlobUse;
  readonly created_at: Date;
  readonly marked_at: Date | null;
  readonly needed_at: Date | null;
}

const selectBlobs = (sql: ReservedSql, collection: CollectionId): Rows<BlobRecord> =>
  sql<BlobRecord[]>`select hash, use, created_at, marked_at, needed_at from blobs where collection_id = ${collection}`;

const among = (sql: ReservedSql, blobs: readonly BlobKey[]): ReturnType<ReservedSql> => sql`
  (hash, use) in (select * from unnest(${blobs.map(({ hash }) => hash)}::text[], ${blobs.map(({ use }) => use)}::text[]))`;

const updateNeeded = (sql: ReservedSql, { collection, blobs }: Named, at: Date): Rows<object> => sql`
  update blobs set needed_at = ${at} where collection_id = ${collection} and needed_at is null and ${among(sql, blobs)}`;

const updateMark = (sql: ReservedSql, { collection, blobs }: Named, at: Date | null): Rows<object> => sql`
  update blobs set marked_at = ${at} where collection_id = ${collection} and (marked_at is null) = ${at !== null} and ${among(sql, blobs)}`;

const deleteMarked = (sql: ReservedSql, { collection, blobs }: Named, { markedBefore }: RemovalTerms): Rows<BlobKey> => sql<BlobKey[]>`
  delete from blobs where collection_id = ${collection} and marked_at <= ${markedBefore} and ${among(sql, blobs)} returning hash, use`;
