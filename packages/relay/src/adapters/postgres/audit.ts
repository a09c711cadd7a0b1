import type { AccountId, Clock, CollectionId } from '@cacaw/protocol';
import type { AuditBatch, PendingLine } from '../../audit/buffer.ts';
import { createFlushingAudit, type FlushingAudit } from '../../audit/flushing.ts';
import { decodePlace, encodePlace, type Position } from '../../audit/place.ts';
import type { Observer } from '../../observer.ts';
import type { AuditDetails, AuditKind, AuditLog, AuditPage, AuditPlace } from '../../ports/audit.ts';
import type { Database, ReservedSql } from './connection.ts';

/** What the audit log on PostgreSQL needs. */
export interface PostgresAuditOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  /** Days a line is kept; at least 30. */
  readonly keptDays: number;
  readonly mostLines?: number | undefined;
}

/** The audit log in PostgreSQL, written and read by a role that can change and remove nothing. */
export function createPostgresAudit(database: Database, options: PostgresAuditOptions): AuditLog {
  return new PostgresAudit(database, options);
}

interface Row {
  readonly micros: number;
  readonly key: string;
  readonly kind: AuditKind;
  readonly account: AccountId | null;
  readonly collection: CollectionId | '';
  readonly network: string | null;
  readonly count: number;
  readonly details: AuditDetails;
}

const role = 'relay_audit';

class PostgresAudit implements AuditLog {
  readonly #database: Database;
  readonly #keptDays: number;
  readonly #audit: FlushingAudit;

  constructor(database: Database, options: PostgresAuditOptions) {
    this.#database = database;
    this.#keptDays = options.keptDays;
    this.#audit = createFlushingAudit({ ...options, write: (batch) => this.#write(batch) });
  }

  note(event: Parameters<AuditLog['note']>[0]): void {
    this.#audit.note(event);
  }

  flush(): Promise<void> {
    return this.#audit.flush();
  }

  close(): Promise<void> {
    return this.#audit.close();
  }

  async purge(): Promise<void> {
    await this.#database.within({ role }, (sql) => [sql`select audit_purge(${this.#keptDays})`]);
  }

  async ofCollection(collection: CollectionId, place: AuditPlace): Promise<AuditPage> {
    const position = decodePlace(place.after);
    const [rows] = await this.#database.within({ role, collection }, (sql) => [
      linesOfCollection(sql, { collection, position, limit: place.limit }),
    ]);
    return pageOf(rows, place.limit);
  }

  async ofAccount(account: AccountId, place: AuditPlace): Promise<AuditPage> {
    const position = decodePlace(place.after);
    const [rows] = await this.#database.within({ role, account }, (sql) => [
      linesOfAccount(sql, { account, position, limit: place.limit }),
    ]);
    return pageOf(rows, place.limit);
  }

  async #write({ folded, events }: AuditBatch): Promise<void> {
    await this.#database.within({ role }, (sql) => [sql`select audit_fold(${textOf(folded)}::text::jsonb)`, insertEvents(sql, events)]);
  }
}

const textOf = (lines: readonly PendingLine[]): string => JSON.stringify(lines);

const insertEvents = (sql: ReservedSql, events: readonly PendingLine[]): PromiseLike<unknown> => sql`
  insert into audit_events (collection_id, at, kind, account, network, count, details)
  select coalesce(l.collection, ''), to_timestamp(l.at / 1000.0), l.kind, l.account, l.network, l.count, l.details
  from jsonb_to_recordset(${textOf(events)}::text::jsonb)
    as l(at bigint, kind text, account text, collection text, network text, count bigint, details jsonb)`;

interface Ask {
  readonly position: Position;
  /** One more is asked for, to see whether there is a next page. */
  readonly limit: number;
}

/** Edits are counted by member and hour, as the log of updates has them. */
const linesOfCollection = (
  sql: ReservedSql,
  { collection, position, limit }: Ask & { readonly collection: CollectionId },
): PromiseLike<Row[]> =>
  sql<Row[]>`
    with lines as (
      select at, 'e' || lpad(id::text, 19, '0') as key, kind, account, network, count, details
      from audit_events where collection_id = ${collection}
      union all
      select hour, 'a' || kind || ' ' || caller, kind, account, network, count, '{}'::jsonb from audit_access where collection_id = ${collection}
      union all
      select u.hour, 'u' || lpad(u.member::text, 19, '0'), 'edited', m.account, null, u.count, jsonb_build_object('first', u.first, 'last', u.last)
      from (
        select date_trunc('hour', received_at, 'UTC') as hour, member, count(*) as count, min(seq) as first, max(seq) as last
        from updates where collection_id = ${collection} group by 1, 2
      ) u left join members m on m.collection_id = ${collection} and m.member = u.member
    )
    select (extract(epoch from at) * 1000000)::bigint as micros, key, kind, account, ${collection}::text as collection, network, count, details
    from lines
    where ((extract(epoch from at) * 1000000)::bigint, key collate "C") < (${position.micros}::bigint, ${position.key}::text collate "C")
    order by micros desc, key collate "C" desc limit ${limit + 1}`;

const linesOfAccount = (sql: ReservedSql, { account, position, limit }: Ask & { readonly account: AccountId }): PromiseLike<Row[]> =>
  sql<Row[]>`
    with lines as (
      select at, 'e' || lpad(id::text, 19, '0') as key, kind, account, collection_id as collection, network, count, details
      from audit_events where account = ${account}
      union all
      select hour, 'a' || kind || ' ' || collection_id, kind, account, collection_id, network, count, '{}'::jsonb from audit_access where account = ${account}
    )
    select (extract(epoch from at) * 1000000)::bigint as micros, key, kind, account, collection, network, count, details
    from lines
    where ((extract(epoch from at) * 1000000)::bigint, key collate "C") < (${position.micros}::bigint, ${position.key}::text collate "C")
    order by micros desc, key collate "C" desc limit ${limit + 1}`;

function pageOf(rows: readonly Row[], limit: number): AuditPage {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    lines: rows.slice(0, limit).map(({ micros, kind, account, collection, network, count, details }) => ({
      at: Math.floor(micros / 1000),
      kind,
      account: account ?? undefined,
      collection: collection === '' ? undefined : collection,
      count,
      network: network ?? undefined,
      details,
    })),
    next: last === undefined ? undefined : encodePlace(last),
  };
}
