import type { AccountId, CollectionId, DocumentName, MemberId, Ref, Seq, WireRole, WriterId } from '@cacaw/protocol';
import type { CollectionState, DocumentState, LogRow, WriterState } from '../../ports/update-log.ts';

/** One collection as the memory adapters hold it. */
export interface MemoryCollection {
  state: CollectionState;
  readonly rows: LogRow[];
  readonly rowsByRef: Map<string, LogRow>;
  readonly writers: Map<WriterId, WriterState>;
  readonly documents: Map<string, DocumentState>;
  readonly members: Map<MemberId, { readonly account: AccountId; readonly role: WireRole | 'none' }>;
  readonly capabilities: Map<string, WireRole>;
  readonly snapshots: Map<string, { readonly document: DocumentName; readonly seq: Seq; readonly bytes: Uint8Array }>;
}

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
export function hasMember(collection: MemoryCollection, account: AccountId): boolean {
  for (const member of collection.members.values()) if (member.account === account) return member.role !== 'none';
  return false;
}
