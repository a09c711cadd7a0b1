import type { AccountId, CollectionId, DocumentName, MemberId, Ref, Seq, WireRole, WriterId } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { firstChain } from '../../log/chain.ts';
import type { Invite } from '../../ports/membership.ts';
import type { CollectionState, DocumentState, LogRow, WriterState } from '../../ports/update-log.ts';

/** A row of `members`. Times are Unix milliseconds. */
export interface MemoryMember {
  /** Undefined once the mapping is erased, or moved to another member. */
  readonly account: AccountId | undefined;
  readonly role: WireRole | 'none';
  readonly joinedAt: number;
  readonly decidedAt?: number | undefined;
  readonly byInvite?: InviteId | undefined;
  /** The member this one has become. */
  readonly sameAs?: MemberId | undefined;
}

/** A row of `capabilities`, revoked ones included. */
export interface MemoryInvite extends Invite {
  readonly createdBy: MemberId | undefined;
  readonly isRevoked: boolean;
}

/** One collection as the memory adapters hold it. */
export interface MemoryCollection {
  state: CollectionState;
  readonly rows: LogRow[];
  readonly rowsByRef: Map<string, LogRow>;
  readonly writers: Map<WriterId, WriterState>;
  readonly documents: Map<string, DocumentState>;
  readonly members: Map<MemberId, MemoryMember>;
  /** By the hash of their secret. */
  readonly capabilities: Map<string, MemoryInvite>;
  readonly snapshots: Map<string, { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array }>;
}

/** A collection nobody is in. */
export const emptyCollection = (lineage: Uint8Array): MemoryCollection => ({
  state: { head: 0 as Seq, chain: firstChain, lineage, access: 1, minimumSchema: 1, gone: undefined },
  rows: [],
  rowsByRef: new Map(),
  writers: new Map(),
  documents: new Map(),
  members: new Map(),
  capabilities: new Map(),
  snapshots: new Map(),
});

/** What several memory adapters share, standing for one database. */
export interface MemoryDatabase {
  readonly collections: Map<CollectionId, MemoryCollection>;
  /** An independent copy of everything committed: a backup. */
  copy(): MemoryBackup;
  /** Makes the database what it was when the copy was taken. */
  restore(backup: MemoryBackup): void;
}

/** An opaque copy of a {@link MemoryDatabase}. */
export interface MemoryBackup {
  readonly collections: ReadonlyMap<CollectionId, MemoryCollection>;
}

/** An empty database in memory. */
export function createMemoryDatabase(): MemoryDatabase {
  const collections = new Map<CollectionId, MemoryCollection>();
  return {
    collections,
    copy: () => ({ collections: copyAll(collections) }),
    restore(backup) {
      collections.clear();
      for (const [id, collection] of copyAll(backup.collections)) collections.set(id, collection);
    },
  };
}

const copyAll = (all: ReadonlyMap<CollectionId, MemoryCollection>): Map<CollectionId, MemoryCollection> =>
  new Map([...all].map(([id, one]) => [id, copyOne(one)]));

// Rows and states are never changed in place, so a copy of the containers is a copy of everything.
const copyOne = (one: MemoryCollection): MemoryCollection => ({
  state: one.state,
  rows: [...one.rows],
  rowsByRef: new Map(one.rowsByRef),
  writers: new Map(one.writers),
  documents: new Map(one.documents),
  members: new Map(one.members),
  capabilities: new Map(one.capabilities),
  snapshots: new Map(one.snapshots),
});

/** The last committed ref of a writer, when it belongs to the member. */
export function ownLastRef(collection: MemoryCollection, writer: WriterId, member: MemberId): Ref | undefined {
  const state = collection.writers.get(writer);
  return state?.member === member ? state.lastRef : undefined;
}

/** True when the account is in the collection and was not removed. */
export const hasMember = (collection: MemoryCollection, account: AccountId): boolean => ownRole(collection, account) !== undefined;

/** What an account may do as the member it is; undefined when it is none, or was removed. */
export function ownRole(collection: MemoryCollection, account: AccountId): WireRole | undefined {
  for (const { account: its, role } of collection.members.values()) if (its === account) return role === 'none' ? undefined : role;
  return undefined;
}

/** The member a member has become: itself, unless it was a device whose account was a member already. */
export function actingMember(collection: MemoryCollection, member: MemberId): MemberId {
  return collection.members.get(member)?.sameAs ?? member;
}
