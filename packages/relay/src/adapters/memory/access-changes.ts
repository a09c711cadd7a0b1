// What changes in one collection of the memory database; each runs in one step, as under a lock.
import { createHash } from 'node:crypto';
import type { AccountId, MemberId, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { isOpen, maxOpenInvites, noSeat, reached, type InviteTerms, type Seats } from '../../members/entry.ts';
import { betterRole, isGuestAccount } from '../../members/roles.ts';
import type { Admission, CurrentMember } from '../../ports/access.ts';
import type { Actor, ChangeOutcome, Invite, InviteDraft, LimitReached } from '../../ports/membership.ts';
import type { SharingLimits } from '../../ports/owner-limits.ts';
import { actingMember, type MemoryCollection, type MemoryInvite, type MemoryMember } from './database.ts';

type Found = MemoryMember & { readonly member: MemberId };

/** What an account is in a collection, removed ones included. */
export function memberOf(collection: MemoryCollection, account: AccountId): Found | undefined {
  for (const [member, known] of collection.members) if (known.account === account) return { ...known, member };
  return undefined;
}

/** True for members that were not removed. */
export const isIn = (collection: MemoryCollection, account: AccountId): boolean =>
  (memberOf(collection, account)?.role ?? 'none') !== 'none';

export function currentOf(collection: MemoryCollection, members: readonly MemberId[]): Map<MemberId, CurrentMember> {
  const current = new Map<MemberId, CurrentMember>();
  for (const member of members) {
    const found = collection.members.get(actingMember(collection, member));
    if (found !== undefined && found.role !== 'none') current.set(member, { account: found.account, role: found.role });
  }
  return current;
}

export const isCurrent = (collection: MemoryCollection, { member }: Actor): boolean => currentOf(collection, [member]).has(member);

export const isOwner = (collection: MemoryCollection, { member }: Actor): boolean =>
  currentOf(collection, [member]).get(member)?.role === 'owner';

export function seatsOf(collection: MemoryCollection): Seats {
  const accounts = [...collection.members.values()].flatMap(({ account, role }) =>
    role === 'none' || account === undefined ? [] : [account],
  );
  const guests = accounts.filter(isGuestAccount).length;
  return { accounts: accounts.length - guests, guests };
}

/** The link of a collection made before accounts existed. */
export const linkInvite = (hash: string, nowMs: number): MemoryInvite => ({
  id: createHash('sha256').update(hash).digest('hex').slice(0, 22) as InviteId,
  role: 'editor',
  allowsGuests: true,
  createdAt: nowMs,
  expiresAt: undefined,
  uses: 0,
  maxUses: undefined,
  email: undefined,
  createdBy: undefined,
  isRevoked: false,
});

/** An invite as its owner sees it. */
export const withoutSecrets = (invite: MemoryInvite): Invite => ({
  id: invite.id,
  role: invite.role,
  allowsGuests: invite.allowsGuests,
  createdAt: invite.createdAt,
  expiresAt: invite.expiresAt,
  uses: invite.uses,
  maxUses: invite.maxUses,
  email: invite.email,
});

export interface Entry {
  readonly account: AccountId;
  readonly role: WireRole;
  readonly invite: InviteTerms;
  readonly hash: string;
  readonly nowMs: number;
}

export function enter(collection: MemoryCollection, { account, role, invite, hash, nowMs }: Entry): Admission {
  const known = memberOf(collection, account);
  const member = known?.member ?? ((collection.members.size + 1) as MemberId);
  const joinedAt = known === undefined || known.role === 'none' ? nowMs : known.joinedAt;
  collection.members.set(member, { account, role, joinedAt, decidedAt: known?.decidedAt, byInvite: invite.id });
  const kept = collection.capabilities.get(hash);
  if (kept !== undefined) collection.capabilities.set(hash, { ...kept, uses: kept.uses + 1 });
  return { member, role };
}

interface Change {
  readonly actor: Actor;
  readonly account: AccountId;
  readonly nowMs: number;
}

export function changeRole(
  collection: MemoryCollection,
  { actor, account, role, nowMs }: Change & { readonly role: 'editor' | 'viewer' },
): ChangeOutcome {
  if (!isOwner(collection, actor)) return 'forbidden';
  const found = memberOf(collection, account);
  if (found === undefined || found.role === 'none') return 'missing';
  if (found.role === 'owner') return 'owner';
  if (found.role === role) return 'unchanged';
  if (role === 'editor' && isGuestAccount(account)) return 'guest';
  put(collection, found, { role, decidedAt: nowMs });
  return 'changed';
}

export function remove(collection: MemoryCollection, { actor, account, nowMs }: Change): ChangeOutcome {
  const found = memberOf(collection, account);
  const isSelf = found?.member === actingMember(collection, actor.member);
  if (!isSelf && !isOwner(collection, actor)) return 'forbidden';
  if (found === undefined || found.role === 'none') return 'missing';
  if (found.role === 'owner') return 'owner';
  put(collection, found, { role: 'none', ...(isSelf ? {} : { decidedAt: nowMs }) });
  return 'changed';
}

export function transfer(
  collection: MemoryCollection,
  { actor, account, full }: Omit<Change, 'nowMs'> & { readonly full: LimitReached | undefined },
): ChangeOutcome | LimitReached {
  if (!isOwner(collection, actor)) return 'forbidden';
  const [from, to] = [collection.members.get(actingMember(collection, actor.member)), memberOf(collection, account)];
  if (from?.account === undefined || to === undefined || to.role === 'none') return 'missing';
  if (to.role === 'owner') return 'unchanged';
  if (isGuestAccount(account)) return 'guest';
  if (full !== undefined) return full;
  put(collection, { ...from, member: actingMember(collection, actor.member) }, { role: 'editor' });
  put(collection, to, { role: 'owner' });
  return 'changed';
}

export function addInvite(
  collection: MemoryCollection,
  {
    actor,
    draft,
    limits,
    nowMs,
  }: { readonly actor: Actor; readonly draft: InviteDraft; readonly limits: SharingLimits; readonly nowMs: number },
): 'changed' | LimitReached {
  const open = [...collection.capabilities.values()].filter((one) => !one.isRevoked && isOpen(one, nowMs));
  const full =
    reached('invites', { use: open.length, most: maxOpenInvites, tier: limits.name }) ??
    (draft.allowsGuests ? undefined : noSeat(seatsOf(collection), { kind: 'account' }, limits));
  if (full !== undefined) return full;
  const { secretHash, ...terms } = draft;
  collection.capabilities.set(Buffer.from(secretHash).toString('hex'), {
    ...terms,
    createdAt: nowMs,
    createdBy: actingMember(collection, actor.member),
    uses: 0,
    isRevoked: false,
  });
  return 'changed';
}

export function revokeInvite(
  collection: MemoryCollection,
  { actor, invite, nowMs }: { readonly actor: Actor; readonly invite: InviteId; readonly nowMs: number },
): ChangeOutcome {
  if (!isOwner(collection, actor)) return 'forbidden';
  const found = [...collection.capabilities].find(([, one]) => one.id === invite);
  if (found === undefined) return 'missing';
  if (found[1].isRevoked) return 'unchanged';
  collection.capabilities.set(found[0], { ...found[1], isRevoked: true });
  for (const [member, known] of collection.members) {
    const isGuest = known.account !== undefined && isGuestAccount(known.account);
    if (isGuest && known.byInvite === invite && known.role !== 'owner')
      put(collection, { ...known, member }, { role: 'none', decidedAt: nowMs });
  }
  return 'changed';
}

/** False when the device was no member. */
export function claim(collection: MemoryCollection, device: AccountId, account: AccountId): boolean {
  const [from, to] = [memberOf(collection, device), memberOf(collection, account)];
  if (from === undefined) return false;
  if (to === undefined) {
    put(collection, from, { account, byInvite: undefined });
    return true;
  }
  put(collection, from, { account: undefined, role: 'none', sameAs: to.member });
  put(collection, to, { role: betterRole(to.role, from.role) });
  for (const [writer, state] of collection.writers)
    if (state.member === from.member) collection.writers.set(writer, { ...state, member: to.member });
  return true;
}

function put(collection: MemoryCollection, { member, ...known }: Found, change: Partial<MemoryMember>): void {
  collection.members.set(member, { ...known, ...change });
}
