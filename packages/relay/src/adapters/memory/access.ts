import { createHash } from 'node:crypto';
import type { AccountId, CollectionId, GoneReason, MemberId, Random, Seq, WireRole } from '@cacaw/protocol';
import { firstChain } from '../../log/chain.ts';
import type { Access, Admission, AdmissionAnswer } from '../../ports/access.ts';
import type { Identity } from '../../ports/authenticator.ts';
import type { MemoryCollection, MemoryDatabase } from './database.ts';

/** Access by link over a {@link MemoryDatabase}, with what an owner of the database may do to it. */
export interface MemoryAccess extends Access {
  setRole(collection: CollectionId, member: MemberId, role: WireRole | 'none'): void;
  setGone(collection: CollectionId, reason: GoneReason): void;
}

/** Capability access in memory. */
export function createMemoryAccess(database: MemoryDatabase, random: Random): MemoryAccess {
  return new MemoryCapabilities(database, random);
}

class MemoryCapabilities implements MemoryAccess {
  readonly #database: MemoryDatabase;
  readonly #random: Random;

  constructor(database: MemoryDatabase, random: Random) {
    this.#database = database;
    this.#random = random;
  }

  async admit({ account }: Identity, id: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer> {
    const collection = this.#database.collections.get(id);
    if (collection === undefined) return { refused: 'unknown' };
    const admitted = this.#memberOf(collection, account);
    const capability = secret === undefined ? undefined : collection.capabilities.get(createHash('sha256').update(secret).digest('hex'));
    if (admitted === undefined && capability === undefined) return { refused: 'unknown' };
    if (collection.state.gone !== undefined) return { refused: collection.state.gone };
    if (admitted !== undefined)
      return admitted.role === 'none' ? { refused: 'removed' } : { admitted: { member: admitted.member, role: admitted.role } };
    return { admitted: this.#newMember(collection, account, capability ?? 'viewer') };
  }

  async role(id: CollectionId, member: MemberId): Promise<WireRole | undefined> {
    const role = this.#database.collections.get(id)?.members.get(member)?.role;
    return role === 'none' ? undefined : role;
  }

  async createCollection(id: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'> {
    const hash = Buffer.from(secretHash).toString('hex');
    const known = this.#database.collections.get(id);
    if (known !== undefined) return known.capabilities.has(hash) ? 'repeated' : 'taken';
    this.#database.collections.set(id, emptyCollection(this.#random.bytes(16), hash));
    return 'created';
  }

  setRole(id: CollectionId, member: MemberId, role: WireRole | 'none'): void {
    const collection = this.#database.collections.get(id);
    const known = collection?.members.get(member);
    if (collection === undefined || known === undefined) throw new Error(`There is no member ${member} in ${id}.`);
    collection.members.set(member, { ...known, role });
    collection.state = { ...collection.state, access: collection.state.access + 1 };
  }

  setGone(id: CollectionId, reason: GoneReason): void {
    const collection = this.#database.collections.get(id);
    if (collection === undefined) throw new Error(`There is no collection ${id}.`);
    collection.state = { ...collection.state, gone: reason, access: collection.state.access + 1 };
  }

  #memberOf(collection: MemoryCollection, account: AccountId): { readonly member: MemberId; readonly role: WireRole | 'none' } | undefined {
    for (const [member, known] of collection.members) if (known.account === account) return { member, role: known.role };
    return undefined;
  }

  #newMember(collection: MemoryCollection, account: AccountId, capability: WireRole): Admission {
    const member = (collection.members.size + 1) as MemberId;
    const role = collection.members.size === 0 && capability === 'editor' ? 'owner' : capability;
    collection.members.set(member, { account, role });
    return { member, role };
  }
}

const emptyCollection = (lineage: Uint8Array, hash: string): MemoryCollection => ({
  state: { head: 0 as Seq, chain: firstChain, lineage, access: 1, minimumSchema: 1, gone: undefined },
  rows: [],
  rowsByRef: new Map(),
  writers: new Map(),
  documents: new Map(),
  members: new Map(),
  capabilities: new Map<string, WireRole>([[hash, 'editor']]),
  snapshots: new Map(),
});
