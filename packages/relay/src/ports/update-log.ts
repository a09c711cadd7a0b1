import type { AccountId, CollectionId, DocumentName, GoneReason, MemberId, Ref, Seq, WireRole, WriterId } from '@cacaw/protocol';

/** The point of order of one collection: what an append locks. */
export interface CollectionState {
  readonly head: Seq;
  /** Chain value of the row at `head`; {@link firstChain} while the log is empty. */
  readonly chain: Uint8Array;
  /** Identity of this log; changes only when the log is replaced. */
  readonly lineage: Uint8Array;
  /** Counts changes of members and roles. */
  readonly access: number;
  readonly minimumSchema: number;
  readonly gone: GoneReason | undefined;
}

/** One committed update, opened. */
export interface LogRow {
  readonly seq: Seq;
  readonly document: DocumentName;
  readonly writer: WriterId;
  readonly ref: Ref;
  readonly member: MemberId;
  readonly bytes: Uint8Array;
  readonly chain: Uint8Array;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** What the log knows of one writer: bound to its member at its first commit; closed means nothing later is accepted. */
export interface WriterState {
  readonly member: MemberId;
  readonly lastRef: Ref;
  readonly closed: boolean;
}

/** The current generation of a document, by its name without generation. */
export interface DocumentState {
  readonly generation: number;
  readonly headSeq: Seq;
}

/** What a member may do, and as whom: the member of a device whose account was a member already goes on as that one. */
export interface ActingMember {
  readonly member: MemberId;
  readonly role: WireRole;
}

/** Everything about one collection an append may decide by, read while its row is locked. */
export interface LockedCollection {
  readonly state: CollectionState;
  /** Rows committed after the request's `since`, in seq order. */
  readonly rows: readonly LogRow[];
  readonly writers: ReadonlyMap<WriterId, WriterState>;
  /** By base name. */
  readonly documents: ReadonlyMap<string, DocumentState>;
  /** Of the members asked for, those who were not removed. */
  readonly members: ReadonlyMap<MemberId, ActingMember>;
  /** Committed rows asked for by writer and ref: `rowKey(writer, ref)`. */
  readonly repeats: ReadonlyMap<string, LogRow>;
}

/** What one append writes; all of it or nothing. */
export interface AppendDecision {
  /** Continue the head without a hole, in order. */
  readonly rows: readonly LogRow[];
  /** New values of the writers touched, closed ones included. */
  readonly writers: ReadonlyMap<WriterId, WriterState>;
  /** Documents minted anew: base name to their new generation. */
  readonly generations: ReadonlyMap<string, number>;
}

/** One collection's part of an append. */
export interface AppendRequest {
  readonly collection: CollectionId;
  /** The head the caller has seen; rows after it are read under the lock. */
  readonly since: Seq;
  readonly writers: readonly WriterId[];
  readonly documents: readonly string[];
  readonly members: readonly MemberId[];
  readonly repeats: readonly { readonly writer: WriterId; readonly ref: Ref }[];
  /** True when it was held too often: wait for the lock instead of skipping it. */
  readonly patient: boolean;
  /** Called under the lock, at most once per attempt; must be quick and must not call the log. */
  decide(locked: LockedCollection): AppendDecision;
}

/** `committed`: everything the decision said is durable. `held`: somebody else holds the lock; ask again. `missing`: no such collection. */
export type AppendOutcome = 'committed' | 'held' | 'missing';

/** A place in a pull: which documents are done and how far the one in work is. */
export interface PagePosition {
  /** Documents behind `after` that were sent out of their order, by base name. */
  readonly done: readonly string[];
  /** Every document up to this base name is sent. */
  readonly after: string;
  /** A document cut by the end of a page: its base name, the last seq sent of it, and whether it was asked for first. */
  readonly cut: { readonly document: string; readonly seq: Seq; readonly isFirst: boolean } | undefined;
}

/** Which page of which pull, for whom. */
export interface PageRequest {
  /** Who reads: an account that is no member of the collection gets no page. */
  readonly account: AccountId;
  readonly after: Seq;
  /** Rows above it belong to the live tail. */
  readonly head: Seq;
  readonly maxBytes: number;
  /** Base names to send first, in this order. */
  readonly first: readonly string[];
  readonly position: PagePosition;
}

/** The rows of one page in sending order: per document its snapshot, then its updates in seq order. */
export interface LogPage {
  readonly documents: readonly PagePart[];
  /** Undefined when the pull is complete. */
  readonly next: PagePosition | undefined;
}

/** What a page brings of one document. */
export interface PagePart {
  readonly document: DocumentName;
  readonly snapshot: { readonly seq: Seq; readonly bytes: Uint8Array } | undefined;
  readonly rows: readonly PageRow[];
}

/** A row as a page brings it: no chain, whose value at the head stands for all. */
export type PageRow = Omit<LogRow, 'chain'>;

/** Everything the log holds of one document: its latest snapshot, then the rows after it. */
export interface DocumentLog {
  readonly generation: number;
  readonly snapshot: { readonly seq: Seq; readonly bytes: Uint8Array } | undefined;
  readonly rows: readonly LogRow[];
}

/** The bytes that make up a document, oldest first. */
export const updatesOf = ({ snapshot, rows }: DocumentLog): readonly Uint8Array[] => [
  ...(snapshot === undefined ? [] : [snapshot.bytes]),
  ...rows.map((row) => row.bytes),
];

/** What a joining device asks of the log in one look. */
export interface JoinQuery {
  readonly cursor: { readonly seq: Seq } | undefined;
  readonly writers: readonly WriterId[];
  readonly member: MemberId;
  /** Who reads: to an account that is no member the collection does not exist. */
  readonly account: AccountId;
}

/** What the log held when somebody joined. */
export interface JoinAnswer {
  readonly state: CollectionState;
  /** Chain value of the row at the cursor; undefined when the log has no such row. */
  readonly cursorChain: Uint8Array | undefined;
  /** How many documents changed after the cursor; free documents are the stock lane's and do not count. */
  readonly changed: number;
  /** Last committed refs of the asked writers that belong to the member; the log up to `state.head` holds them all. */
  readonly lastRefs: ReadonlyMap<WriterId, Ref>;
  /** What the asking account may do, at least as new as `state.access`; undefined when it was removed since. */
  readonly role: WireRole | undefined;
}

/** A collection whose head or access differs from what the asking relay has seen. */
export interface ChangedCollection {
  readonly collection: CollectionId;
  readonly state: CollectionState;
}

/**
 * The append-only log of every collection. Guarantees, proven by `contracts/update-log.ts` and `log-pages.ts`:
 * an append is atomic per collection and durable before it resolves; decisions of one collection never overlap; a
 * rejected append may or may not have committed (ask again, the decision then sees its own rows); reads see only
 * committed rows; rows of one collection are numbered from 1 without holes. Every call may reject with
 * {@link LogUnavailable} and be repeated.
 */
export interface UpdateLog {
  /** One transaction for the whole batch; outcomes in request order. When it rejects, nothing is known of any of them. */
  append(batch: readonly AppendRequest[]): Promise<readonly AppendOutcome[]>;
  /** Undefined when there is no such collection. */
  join(collection: CollectionId, query: JoinQuery): Promise<JoinAnswer | undefined>;
  state(collection: CollectionId): Promise<CollectionState | undefined>;
  /** Rows after `after` in seq order, at most `limit` of them. */
  rows(collection: CollectionId, after: Seq, limit: number): Promise<readonly LogRow[]>;
  /** Undefined when nothing was ever written to the document. */
  document(collection: CollectionId, base: string): Promise<DocumentLog | undefined>;
  /** Current names of all documents of a collection. */
  documents(collection: CollectionId): Promise<readonly DocumentName[]>;
  /** Free documents are no part of it: the stock lane carries them. Undefined when the account is no member. */
  page(collection: CollectionId, request: PageRequest): Promise<LogPage | undefined>;
  /** Keeps `bytes` as the state of a document up to `seq`; a no-op when a newer snapshot or generation exists. */
  keepSnapshot(
    collection: CollectionId,
    snapshot: { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array },
  ): Promise<void>;
  /** Of the named collections those whose head or access differs. */
  changed(
    seen: readonly { readonly collection: CollectionId; readonly head: Seq; readonly access: number }[],
  ): Promise<readonly ChangedCollection[]>;
}

/** The database cannot be reached or did not answer; nothing is known about the call, and it may be repeated. */
export class LogUnavailable extends Error {
  readonly code = 'log-unavailable';
}

/** Names a row by its writer and ref. */
export const rowKey = (writer: WriterId, ref: Ref): string => `${writer}/${ref}`;
