import { parseDocumentName, type CollectionId, type MemberId, type Ref, type Seq, type WriterId } from '@cacaw/protocol';
import { assemblePage, firstDocuments, isOutOfOrder, maxPageRows, type PageItem } from '../../log/page-position.ts';
import {
  LogUnavailable,
  rowKey,
  type ActingMember,
  type AppendDecision,
  type AppendOutcome,
  type AppendRequest,
  type ChangedCollection,
  type CollectionState,
  type DocumentLog,
  type JoinAnswer,
  type JoinQuery,
  type LockedCollection,
  type LogPage,
  type LogRow,
  type PageRequest,
  type UpdateLog,
} from '../../ports/update-log.ts';
import type { DocumentName } from '@cacaw/protocol';
import { actingMember, hasMember, ownLastRef, ownRole, type MemoryCollection, type MemoryDatabase } from './database.ts';

/** Where a fault may be injected. */
export type LogPoint = 'read' | 'before-commit' | 'after-commit';

/** What happens at a point: nothing, a lost answer, or no answer for ever (the caller has crashed). */
export type LogFault = 'none' | 'fail' | 'hang';

/** Faults and latency a log in memory can be given. */
export interface MemoryLogOptions {
  readonly fault?: ((point: LogPoint) => LogFault) | undefined;
  /** Awaited before every answer; the simulator's latency. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** A log in memory with the guarantees of the port: the simulator's database and the reference for the contract suite. */
export function createMemoryUpdateLog(database: MemoryDatabase, options: MemoryLogOptions = {}): UpdateLog {
  return new MemoryUpdateLog(database, options);
}

class MemoryUpdateLog implements UpdateLog {
  readonly #database: MemoryDatabase;
  readonly #options: MemoryLogOptions;

  constructor(database: MemoryDatabase, options: MemoryLogOptions) {
    this.#database = database;
    this.#options = options;
  }

  async append(batch: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    await this.#reach('before-commit');
    const outcomes: AppendOutcome[] = [];
    // All decisions before the first change: a decision that throws fails the whole batch, as a transaction would.
    const decided: (readonly [MemoryCollection, AppendDecision])[] = [];
    for (const request of batch) {
      const collection = this.#database.collections.get(request.collection);
      outcomes.push(collection === undefined ? 'missing' : 'committed');
      if (collection !== undefined) decided.push([collection, request.decide(locked(collection, request))]);
    }
    for (const [collection, decision] of decided) write(collection, decision);
    await this.#reach('after-commit');
    return outcomes;
  }

  async join(id: CollectionId, query: JoinQuery): Promise<JoinAnswer | undefined> {
    const collection = await this.#read(id);
    if (collection === undefined || !hasMember(collection, query.account)) return undefined;
    const after = query.cursor?.seq ?? 0;
    const lastRefs = new Map<WriterId, Ref>();
    for (const writer of query.writers) {
      const ref = ownLastRef(collection, writer, query.member);
      if (ref !== undefined) lastRefs.set(writer, ref);
    }
    return {
      state: collection.state,
      cursorChain: query.cursor === undefined ? undefined : collection.rows[query.cursor.seq - 1]?.chain,
      changed: [...collection.documents].filter(([base, one]) => one.headSeq > after && isNative(base)).length,
      lastRefs,
      role: ownRole(collection, query.account),
    };
  }

  async state(id: CollectionId): Promise<CollectionState | undefined> {
    return (await this.#read(id))?.state;
  }

  async rows(id: CollectionId, after: Seq, limit: number): Promise<readonly LogRow[]> {
    return (await this.#read(id))?.rows.slice(after, after + limit) ?? [];
  }

  async document(id: CollectionId, base: string): Promise<DocumentLog | undefined> {
    const collection = await this.#read(id);
    const state = collection?.documents.get(base);
    if (collection === undefined || state === undefined) return undefined;
    const name = `${base}.${state.generation}`;
    const snapshot = snapshotOf(collection, name);
    const rows = collection.rows.filter((row) => row.document === name && row.seq > (snapshot?.seq ?? 0));
    return { generation: state.generation, snapshot, rows };
  }

  async documents(id: CollectionId): Promise<readonly DocumentName[]> {
    const collection = await this.#read(id);
    return [...(collection?.documents ?? [])].map(([base, { generation }]) => `${base}.${generation}` as DocumentName).sort();
  }

  async page(id: CollectionId, request: PageRequest): Promise<LogPage | undefined> {
    const collection = await this.#read(id);
    if (collection === undefined || !hasMember(collection, request.account)) return undefined;
    const items: PageItem[] = [];
    let bytes = 0;
    for (const item of pageItems(collection, request)) {
      if (bytes >= request.maxBytes || items.length >= maxPageRows) return assemblePage(items, request.position, false);
      items.push(item);
      bytes += item.entry === undefined ? 0 : item.entry.kind === 'row' ? item.entry.row.bytes.length : item.entry.bytes.length;
    }
    return assemblePage(items, request.position, true);
  }

  async keepSnapshot(
    id: CollectionId,
    snapshot: { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array },
  ): Promise<void> {
    const collection = await this.#read(id);
    if (collection === undefined) return;
    const kept = collection.snapshots.get(snapshot.document);
    if (kept === undefined || kept.seq < snapshot.seq) collection.snapshots.set(snapshot.document, snapshot);
  }

  async changed(
    seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
  ): Promise<readonly ChangedCollection[]> {
    await this.#reach('read');
    return seen.flatMap(({ collection: id, head, access }) => {
      const state = this.#database.collections.get(id)?.state;
      return state === undefined || (state.head === head && state.access === access) ? [] : [{ collection: id, state }];
    });
  }

  async #read(id: CollectionId): Promise<MemoryCollection | undefined> {
    await this.#reach('read');
    return this.#database.collections.get(id);
  }

  async #reach(point: LogPoint): Promise<void> {
    await this.#options.pause?.();
    const fault = this.#options.fault?.(point) ?? 'none';
    if (fault === 'fail') throw new LogUnavailable(`The memory log was told to fail at ${point}.`);
    if (fault === 'hang') await new Promise<never>(() => undefined);
  }
}

const isNative = (base: string): boolean => !base.startsWith('free.');

function locked(collection: MemoryCollection, request: AppendRequest): LockedCollection {
  const members = new Map<MemberId, ActingMember>();
  for (const asked of request.members) {
    const member = actingMember(collection, asked);
    const role = collection.members.get(member)?.role ?? 'none';
    if (role !== 'none') members.set(asked, { member, role });
  }
  return {
    state: collection.state,
    rows: collection.rows.slice(request.since),
    writers: pick(collection.writers, request.writers),
    documents: pick(collection.documents, request.documents),
    members,
    repeats: pick(
      collection.rowsByRef,
      request.repeats.map((one) => rowKey(one.writer, one.ref)),
    ),
  };
}

function pick<K, V>(all: ReadonlyMap<K, V>, keys: readonly K[]): Map<K, V> {
  const found = new Map<K, V>();
  for (const key of keys) {
    const value = all.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

function write(collection: MemoryCollection, decision: AppendDecision): void {
  for (const [base, generation] of decision.generations) collection.documents.set(base, { generation, headSeq: collection.state.head });
  for (const row of decision.rows) {
    if (row.seq !== collection.rows.length + 1)
      throw new Error(`Row ${row.seq} does not continue a log of ${collection.rows.length} rows.`);
    collection.rows.push(row);
    collection.rowsByRef.set(rowKey(row.writer, row.ref), row);
    const { base, generation } = parseDocumentName(row.document) ?? { base: row.document, generation: 0 };
    collection.documents.set(base, { generation, headSeq: row.seq });
    collection.state = { ...collection.state, head: row.seq, chain: row.chain };
  }
  for (const [writer, state] of decision.writers) collection.writers.set(writer, state);
}

const snapshotOf = (collection: MemoryCollection, name: string): { readonly seq: Seq; readonly bytes: Uint8Array } | undefined => {
  const kept = collection.snapshots.get(name);
  return kept === undefined ? undefined : { seq: kept.seq, bytes: kept.bytes };
};

/** Everything still to send, in sending order. */
function* pageItems(collection: MemoryCollection, request: PageRequest): Generator<PageItem> {
  const { position } = request;
  const first = firstDocuments(request.first, position);
  const rest = [...collection.documents.keys()]
    .filter((base) => !first.includes(base) && !position.done.includes(base) && base > position.after)
    .sort();
  for (const base of [...first, ...rest]) {
    const state = collection.documents.get(base);
    if (state === undefined || state.headSeq <= request.after || !isNative(base)) continue;
    const head = { base, generation: state.generation, isFirst: isOutOfOrder(base, first, position) };
    const entries = documentEntries(
      collection,
      `${base}.${state.generation}`,
      request,
      position.cut?.document === base ? position.cut.seq : undefined,
    );
    if (entries.length === 0) yield { ...head, entry: undefined };
    for (const entry of entries) yield { ...head, entry };
  }
}

function documentEntries(
  collection: MemoryCollection,
  name: string,
  request: PageRequest,
  cut: Seq | undefined,
): NonNullable<PageItem['entry']>[] {
  const kept = cut === undefined ? snapshotOf(collection, name) : undefined;
  const snapshot = kept !== undefined && kept.seq > request.after && kept.seq <= request.head ? kept : undefined;
  const after = Math.max(request.after, cut ?? 0, snapshot?.seq ?? 0);
  const rows = collection.rows.slice(after, request.head).filter((row) => row.document === name);
  return [
    ...(snapshot === undefined ? [] : [{ kind: 'snapshot' as const, ...snapshot }]),
    ...rows.map((row) => ({ kind: 'row' as const, row })),
  ];
}
