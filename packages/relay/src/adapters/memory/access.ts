import { createHash } from 'node:crypto';
import type { AccountId, Clock, CollectionId, GoneReason, MemberId, Random, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { entryRole, isOpen, judgeEntry, noSeat, reached, type InviteTerms, type Standing } from '../../members/entry.ts';
import type { AdmissionAnswer, CurrentMember } from '../../ports/access.ts';
import type { Identity } from '../../ports/authenticator.ts';
import type {
  Actor,
  ChangeOutcome,
  Invite,
  InviteDraft,
  LimitReached,
  MemberOfCollection,
  Membership,
  Offer,
  OwnCollection,
} from '../../ports/membership.ts';
import { noLimits, type OwnerLimits } from '../../ports/owner-limits.ts';
import * as changes from './access-changes.ts';
import { emptyCollection, type MemoryCollection, type MemoryDatabase, type MemoryInvite } from './database.ts';

/** Membership over a {@link MemoryDatabase}, with what an owner of the database may do to it. */
export interface MemoryAccess extends Membership {
  setRole(collection: CollectionId, member: MemberId, role: WireRole | 'none'): void;
  setGone(collection: CollectionId, reason: GoneReason): void;
}

/** What membership in memory is made of. */
export interface MemoryAccessOptions {
  readonly random: Random;
  readonly clock: Clock;
  readonly tiers?: OwnerLimits | undefined;
}

/** Membership in memory: the simulator's, and the reference for the contract suite. */
export function createMemoryAccess(database: MemoryDatabase, options: MemoryAccessOptions): MemoryAccess {
  return new MemoryMembership(database, options);
}

const hashOf = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('hex');

class MemoryMembership implements MemoryAccess {
  readonly #database: MemoryDatabase;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #tiers: OwnerLimits;

  constructor(database: MemoryDatabase, { random, clock, tiers = noLimits }: MemoryAccessOptions) {
    this.#database = database;
    this.#random = random;
    this.#clock = clock;
    this.#tiers = tiers;
  }

  async admit(who: Identity, id: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer> {
    const collection = this.#database.collections.get(id);
    if (collection === undefined) return { refused: 'unknown' };
    const answer = await this.#enter(collection, who, secret === undefined ? undefined : hashOf(secret));
    return 'limit' in answer ? { refused: 'unknown' } : answer;
  }

  async current(id: CollectionId, members: readonly MemberId[]): Promise<ReadonlyMap<MemberId, CurrentMember>> {
    const collection = this.#database.collections.get(id);
    return collection === undefined ? new Map() : changes.currentOf(collection, members);
  }

  async createCollection(owner: AccountId, id: CollectionId): Promise<'created' | 'repeated' | 'taken' | LimitReached> {
    const { collections: most, name: tier } = await this.#tiers.limitsOf(owner);
    const known = this.#database.collections.get(id);
    if (known !== undefined)
      return known.state.gone === undefined && changes.memberOf(known, owner)?.role === 'owner' ? 'repeated' : 'taken';
    const full = reached('collections', { use: this.#owned(owner), most, tier });
    if (full !== undefined) return full;
    const made = emptyCollection(this.#random.bytes(16));
    made.members.set(1 as MemberId, { account: owner, role: 'owner', joinedAt: this.#clock.now() });
    this.#database.collections.set(id, made);
    return 'created';
  }

  async createByLink(id: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'> {
    const hash = Buffer.from(secretHash).toString('hex');
    const known = this.#database.collections.get(id);
    if (known !== undefined) return known.capabilities.has(hash) ? 'repeated' : 'taken';
    const made = emptyCollection(this.#random.bytes(16));
    made.capabilities.set(hash, changes.linkInvite(hash, this.#clock.now()));
    this.#database.collections.set(id, made);
    return 'created';
  }

  async collectionsOf(account: AccountId): Promise<readonly OwnCollection[]> {
    return [...this.#database.collections]
      .flatMap(([id, collection]) => {
        const member = collection.state.gone === undefined ? changes.memberOf(collection, account) : undefined;
        if (member === undefined || member.role === 'none') return [];
        const memberCount = [...collection.members.values()].filter((one) => one.role !== 'none').length;
        return [{ collection: id, role: member.role, joinedAt: member.joinedAt, memberCount }];
      })
      .sort((a, b) => a.joinedAt - b.joinedAt || (a.collection < b.collection ? -1 : 1));
  }

  async members(id: CollectionId): Promise<readonly MemberOfCollection[]> {
    return [...(this.#database.collections.get(id)?.members ?? [])]
      .flatMap(([member, { account, role, joinedAt }]) =>
        role === 'none' || account === undefined ? [] : [{ member, account, role, joinedAt }],
      )
      .sort((a, b) => a.joinedAt - b.joinedAt || a.member - b.member);
  }

  async changeRole(actor: Actor, account: AccountId, role: 'editor' | 'viewer'): Promise<ChangeOutcome> {
    return this.#change(actor, (collection) => changes.changeRole(collection, { actor, account, role, nowMs: this.#clock.now() }));
  }

  async remove(actor: Actor, account: AccountId): Promise<ChangeOutcome> {
    return this.#change(actor, (collection) => changes.remove(collection, { actor, account, nowMs: this.#clock.now() }));
  }

  async transfer(actor: Actor, account: AccountId): Promise<ChangeOutcome | LimitReached> {
    const { collections: most, name: tier } = await this.#tiers.limitsOf(account);
    return this.#change(actor, (collection) =>
      changes.transfer(collection, { actor, account, full: reached('collections', { use: this.#owned(account), most, tier }) }),
    );
  }

  async deleteCollection(actor: Actor): Promise<ChangeOutcome> {
    return this.#change(actor, (collection) => {
      if (!changes.isOwner(collection, actor)) return 'forbidden';
      collection.state = { ...collection.state, gone: 'deleted' };
      return 'changed';
    });
  }

  async createInvite(actor: Actor, draft: InviteDraft): Promise<'changed' | 'forbidden' | LimitReached> {
    const collection = this.#database.collections.get(actor.collection);
    const limits = collection === undefined ? undefined : await this.#limitsOf(collection);
    if (collection === undefined || limits === undefined || !changes.isOwner(collection, actor)) return 'forbidden';
    return changes.addInvite(collection, { actor, draft, limits, nowMs: this.#clock.now() });
  }

  async invites(id: CollectionId): Promise<readonly Invite[]> {
    const all = [...(this.#database.collections.get(id)?.capabilities.values() ?? [])];
    return all
      .filter((one) => !one.isRevoked)
      .map(changes.withoutSecrets)
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  }

  async revokeInvite(actor: Actor, invite: InviteId): Promise<ChangeOutcome> {
    return this.#change(actor, (collection) => changes.revokeInvite(collection, { actor, invite, nowMs: this.#clock.now() }));
  }

  async look(secret: Uint8Array, who: Identity | undefined): Promise<Offer | undefined> {
    const found = this.#find(hashOf(secret));
    if (found === undefined || found[1].state.gone !== undefined) return undefined;
    const [id, collection, { createdBy, role, allowsGuests, expiresAt }] = found;
    const isMember = who !== undefined && changes.isIn(collection, who.account);
    if (!isMember && !isOpen(found[2], this.#clock.now())) return undefined;
    const invitedBy = createdBy === undefined ? undefined : collection.members.get(createdBy)?.account;
    return { collection: id, role, allowsGuests, invitedBy, expiresAt };
  }

  async accept(
    who: Identity,
    secret: Uint8Array,
  ): Promise<{ readonly collection: CollectionId; readonly role: WireRole } | 'unknown' | LimitReached> {
    const hash = hashOf(secret);
    const [id, collection] = this.#find(hash) ?? [];
    if (id === undefined || collection === undefined) return 'unknown';
    const answer = await this.#enter(collection, who, hash);
    if ('limit' in answer) return answer;
    return 'admitted' in answer ? { collection: id, role: answer.admitted.role } : 'unknown';
  }

  async claim(device: AccountId, account: AccountId): Promise<readonly CollectionId[]> {
    const claimed = [...this.#database.collections].filter(([, collection]) => changes.claim(collection, device, account));
    for (const [, collection] of claimed) raiseAccess(collection);
    return claimed.map(([id]) => id).sort();
  }

  setRole(id: CollectionId, member: MemberId, role: WireRole | 'none'): void {
    const collection = this.#database.collections.get(id);
    const known = collection?.members.get(member);
    if (collection === undefined || known === undefined) throw new Error(`There is no member ${member} in ${id}.`);
    collection.members.set(member, { ...known, role, decidedAt: this.#clock.now() });
    raiseAccess(collection);
  }

  setGone(id: CollectionId, reason: GoneReason): void {
    const collection = this.#database.collections.get(id);
    if (collection === undefined) throw new Error(`There is no collection ${id}.`);
    collection.state = { ...collection.state, gone: reason };
    raiseAccess(collection);
  }

  async #enter(collection: MemoryCollection, who: Identity, hash: string | undefined): Promise<AdmissionAnswer | LimitReached> {
    const limits = await this.#limitsOf(collection);
    const nowMs = this.#clock.now();
    const judged = judgeEntry(standingOf(collection, who.account, hash), who, nowMs);
    if (!('enter' in judged)) return judged;
    const full = changes.isIn(collection, who.account) ? undefined : noSeat(changes.seatsOf(collection), who, limits);
    if (full !== undefined) return full;
    const role = entryRole(judged.enter, collection.members.size === 0);
    raiseAccess(collection);
    return { admitted: changes.enter(collection, { account: who.account, role, invite: judged.enter, hash: hash ?? '', nowMs }) };
  }

  #limitsOf(collection: MemoryCollection): ReturnType<OwnerLimits['limitsOf']> {
    const owner = [...collection.members.values()].find(({ role }) => role === 'owner')?.account;
    return owner === undefined ? noLimits.limitsOf('' as AccountId) : this.#tiers.limitsOf(owner);
  }

  #change<Outcome>(actor: Actor, change: (collection: MemoryCollection) => Outcome): Outcome | 'forbidden' {
    const collection = this.#database.collections.get(actor.collection);
    if (collection === undefined || collection.state.gone !== undefined || !changes.isCurrent(collection, actor)) return 'forbidden';
    const outcome = change(collection);
    if (outcome === 'changed') raiseAccess(collection);
    return outcome;
  }

  #owned(account: AccountId): number {
    const all = [...this.#database.collections.values()];
    return all.filter((one) => one.state.gone === undefined && changes.memberOf(one, account)?.role === 'owner').length;
  }

  #find(hash: string): readonly [CollectionId, MemoryCollection, MemoryInvite] | undefined {
    for (const [id, collection] of this.#database.collections) {
      const invite = collection.capabilities.get(hash);
      if (invite !== undefined && !invite.isRevoked) return [id, collection, invite];
    }
    return undefined;
  }
}

function raiseAccess(collection: MemoryCollection): void {
  collection.state = { ...collection.state, access: collection.state.access + 1 };
}

function standingOf(collection: MemoryCollection, account: AccountId, hash: string | undefined): Standing {
  const invite = hash === undefined ? undefined : collection.capabilities.get(hash);
  const terms: InviteTerms | undefined = invite?.isRevoked === false ? invite : undefined;
  const member = changes.memberOf(collection, account);
  return { gone: collection.state.gone, member: member && { ...member, decidedAt: member.decidedAt }, invite: terms };
}
