import { parseDocumentName, type CollectionId, type MemberId, type Seq } from '@cacaw/protocol';
import {
  rowKey,
  type ActingMember,
  type AppendDecision,
  type AppendOutcome,
  type AppendRequest,
  type CollectionState,
  type DocumentState,
  type LockedCollection,
} from '../../ports/update-log.ts';
import * as statements from './append-statements.ts';
import { checkCommitted, enter, type Database, type ReservedSql } from './connection.ts';
import { rowOf, stateOf, type UpdateRecord } from './rows.ts';
import { seal, type KeyRing, type SealKey } from './seal.ts';

type Keys = ReadonlyMap<CollectionId, SealKey>;
type Decided = readonly [request: AppendRequest, state: CollectionState, decision: AppendDecision];

/** One transaction over every collection of the batch that could be locked: two trips, one flush to disk. */
export function appendBatch(database: Database, ring: KeyRing, batch: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
  return database.transact(async (lane) => {
    const read = await readLocked(lane.sql, batch);
    const keys = await keysOf(ring, read.locked.keys());
    const decided: Decided[] = [];
    for (const request of batch) {
      const locked = read.lockedCollection(request, keys);
      if (locked !== undefined) decided.push([request, locked.state, request.decide(locked)]);
    }
    lane.check();
    await writeAll(lane.sql, decided, keys);
    return batch.map(({ collection }) => (read.locked.has(collection) ? 'committed' : read.exists.has(collection) ? 'held' : 'missing'));
  });
}

async function keysOf(ring: KeyRing, collections: Iterable<CollectionId>): Promise<Keys> {
  return new Map(await Promise.all([...collections].map(async (one) => [one, await ring.key(one)] as const)));
}

interface LockedRead {
  readonly locked: ReadonlyMap<CollectionId, CollectionState>;
  readonly exists: ReadonlySet<CollectionId>;
  lockedCollection(request: AppendRequest, keys: Keys): LockedCollection | undefined;
}

/** Everything the decisions need, in one trip. Each statement sees what was committed before the locks were granted. */
async function readLocked(sql: ReservedSql, batch: readonly AppendRequest[]): Promise<LockedRead> {
  const ids = (requests: readonly AppendRequest[]): CollectionId[] => requests.map((one) => one.collection);
  const [, , held, exists, rows, writers, documents, roles, repeats] = await Promise.all([
    sql`begin`,
    enter(sql, { role: 'relay_append' }),
    statements.lockCollections(sql, { patient: ids(batch.filter((one) => one.patient)), free: ids(batch.filter((one) => !one.patient)) }),
    statements.existing(sql, ids(batch)),
    statements.selectRowsAfter(
      sql,
      pairs(batch, ({ since }) => [since]),
    ),
    statements.selectWriters(
      sql,
      pairs(batch, (one) => one.writers),
    ),
    statements.selectDocuments(
      sql,
      pairs(batch, (one) => one.documents),
    ),
    statements.selectRoles(
      sql,
      pairs(batch, (one) => one.members),
    ),
    statements.selectRepeats(
      sql,
      pairs(batch, (one) => one.repeats),
    ),
  ]);
  const locked = new Map(held.map((record) => [record.collection_id, stateOf(record)]));
  const records = {
    rows: byCollection(rows),
    writers: byCollection(writers),
    documents: byCollection(documents),
    roles: byCollection(roles),
    repeats: byCollection(repeats),
  };
  return {
    locked,
    exists: new Set(exists.map((record) => record.collection_id)),
    lockedCollection({ collection }, keys) {
      const state = locked.get(collection);
      const key = keys.get(collection);
      return state === undefined || key === undefined ? undefined : lockedFrom(records, { collection, state, key });
    },
  };
}

const pairs = <T>(batch: readonly AppendRequest[], of: (request: AppendRequest) => readonly T[]): (readonly [CollectionId, T])[] =>
  batch.flatMap((request) => of(request).map((value) => [request.collection, value] as const));

type ByCollection<T> = ReadonlyMap<CollectionId, readonly T[]>;
const byCollection = <T extends { readonly collection_id: CollectionId }>(records: readonly T[]): ByCollection<T> =>
  Map.groupBy(records, (record) => record.collection_id);

interface LockedRecords {
  readonly rows: ByCollection<UpdateRecord>;
  readonly writers: ByCollection<statements.WriterRecord>;
  readonly documents: ByCollection<statements.DocumentRecord>;
  readonly roles: ByCollection<statements.RoleRecord>;
  readonly repeats: ByCollection<UpdateRecord>;
}

function lockedFrom(
  { rows, writers, documents, roles, repeats }: LockedRecords,
  { collection, state, key }: { readonly collection: CollectionId; readonly state: CollectionState; readonly key: SealKey },
): LockedCollection {
  const of = <T>(records: ByCollection<T>): readonly T[] => records.get(collection) ?? [];
  return {
    state,
    rows: of(rows).map((record) => rowOf(record, key)),
    writers: new Map(of(writers).map((one) => [one.writer, { member: one.member, lastRef: one.last_ref, closed: one.closed }])),
    documents: new Map(of(documents).map((one) => [one.document, { generation: one.generation, headSeq: one.head_seq }])),
    members: actingMembers(of(roles)),
    repeats: new Map(of(repeats).map((one) => [rowKey(one.writer, one.ref), rowOf(one, key)])),
  };
}

function actingMembers(records: readonly statements.RoleRecord[]): Map<MemberId, ActingMember> {
  const members = new Map<MemberId, ActingMember>();
  for (const { asked, member, role } of records) if (role !== 'none') members.set(asked, { member, role });
  return members;
}

/** Writes every decision and commits, in one trip. */
async function writeAll(sql: ReservedSql, decided: readonly Decided[], keys: Keys): Promise<void> {
  const rows = decided.flatMap(([{ collection }, , decision]) => sealedRows(collection, decision, keys));
  const writers = decided.flatMap(([{ collection }, , decision]) =>
    [...decision.writers].map(([writer, state]) => [collection, writer, state] as const),
  );
  const documents = decided.flatMap(([{ collection }, state, decision]) => documentsOf(collection, state.head, decision));
  const heads = decided.flatMap(([{ collection }, , { rows: added }]) => {
    const last = added.at(-1);
    return last === undefined ? [] : [[collection, last.seq, last.chain] as const];
  });
  const results = await Promise.all([
    ...(rows.length === 0 ? [] : [statements.insertRows(sql, rows), statements.updateHeads(sql, heads)]),
    ...(writers.length === 0 ? [] : [statements.upsertWriters(sql, writers)]),
    ...(documents.length === 0 ? [] : [statements.upsertDocuments(sql, documents)]),
    sql`commit`,
  ]);
  checkCommitted(results.at(-1));
}

function sealedRows(collection: CollectionId, decision: AppendDecision, keys: Keys): statements.SealedRow[] {
  const key = keys.get(collection);
  if (key === undefined) return [];
  return decision.rows.map(
    (row) => [collection, row, seal(key, { collection, table: 'updates', document: row.document, seq: row.seq }, row.bytes)] as const,
  );
}

function documentsOf(collection: CollectionId, head: Seq, decision: AppendDecision): (readonly [CollectionId, string, DocumentState])[] {
  const touched = new Map<string, DocumentState>();
  for (const [base, generation] of decision.generations) touched.set(base, { generation, headSeq: head });
  for (const row of decision.rows) {
    const { base, generation } = parseDocumentName(row.document) ?? { base: row.document, generation: 0 };
    touched.set(base, { generation, headSeq: row.seq });
  }
  return [...touched].map(([base, state]) => [collection, base, state] as const);
}
