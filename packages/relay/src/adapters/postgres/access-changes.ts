// Changes of who is in a collection: each judged and written in one transaction that holds the collection's lock.
import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { maxOpenInvites, noSeat, reached } from '../../members/entry.ts';
import { betterRole, isGuestAccount } from '../../members/roles.ts';
import type { Actor, ChangeOutcome, InviteDraft, LimitReached } from '../../ports/membership.ts';
import type { AccessParts } from './access.ts';
import * as statements from './access-statements.ts';
import * as invites from './invite-statements.ts';
import { seal, sealKeyOf } from './seal.ts';
import { accountsScope, transaction, type Ask } from './transaction.ts';

interface Target {
  readonly actor: Actor;
  readonly account: AccountId;
}

/** The actor as they stand under the lock, and how to go on. */
interface Locked {
  readonly ask: Ask;
  readonly actor: statements.MemberRecord;
}

const endedInvitesDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** Runs `change` under the collection's lock for an actor who is in it, and counts `access` up when something changed. */
function change<Outcome>(
  { database }: AccessParts,
  { collection, member }: Actor,
  run: (locked: Locked) => Promise<Outcome>,
): Promise<Outcome | 'forbidden'> {
  return transaction(database, accountsScope, async (ask) => {
    const [locked] = await ask((sql) => statements.lockCollection(sql, collection));
    if (locked === undefined || locked.gone !== null) return 'forbidden';
    const [actor] = await ask((sql) => statements.selectActor(sql, collection, member));
    if (actor === undefined || actor.role === 'none') return 'forbidden';
    const outcome = await run({ ask, actor });
    if (outcome === 'changed') await ask((sql) => statements.raiseAccess(sql, collection));
    return outcome;
  });
}

/** The same, for an owner only. */
const changeAsOwner = <Outcome>(
  parts: AccessParts,
  actor: Actor,
  run: (locked: Locked) => Promise<Outcome>,
): Promise<Outcome | 'forbidden'> =>
  change(parts, actor, async (locked) => (locked.actor.role === 'owner' ? run(locked) : ('forbidden' as const)));

export function changeRole(parts: AccessParts, { actor, account }: Target, role: 'editor' | 'viewer'): Promise<ChangeOutcome> {
  const { collection } = actor;
  return changeAsOwner(parts, actor, async ({ ask }): Promise<ChangeOutcome> => {
    const [found] = await ask((sql) => statements.selectMember(sql, collection, account));
    if (found === undefined || found.role === 'none') return 'missing';
    if (found.role === 'owner') return 'owner';
    if (found.role === role) return 'unchanged';
    if (role === 'editor' && isGuestAccount(account)) return 'guest';
    const decidedAt = new Date(parts.clock.now());
    await ask((sql) => statements.updateRole(sql, { collection, member: found.member }, { role, decidedAt }));
    return 'changed';
  });
}

export function remove(parts: AccessParts, { actor, account }: Target): Promise<ChangeOutcome> {
  const { collection } = actor;
  return change(parts, actor, async ({ ask, actor: self }): Promise<ChangeOutcome> => {
    const isSelf = self.account === account;
    if (!isSelf && self.role !== 'owner') return 'forbidden';
    const [found] = await ask((sql) => statements.selectMember(sql, collection, account));
    if (found === undefined || found.role === 'none') return 'missing';
    if (found.role === 'owner') return 'owner';
    const decidedAt = isSelf ? undefined : new Date(parts.clock.now());
    await ask((sql) => statements.updateRole(sql, { collection, member: found.member }, { role: 'none', decidedAt }));
    return 'changed';
  });
}

export async function transfer(parts: AccessParts, { actor, account }: Target): Promise<ChangeOutcome | LimitReached> {
  const { collection } = actor;
  const { collections: most, name: tier } = await parts.tiers.limitsOf(account);
  return changeAsOwner(parts, actor, async ({ ask, actor: self }): Promise<ChangeOutcome | LimitReached> => {
    const [found] = await ask((sql) => statements.selectMember(sql, collection, account));
    if (found === undefined || found.role === 'none') return 'missing';
    if (found.role === 'owner') return 'unchanged';
    if (isGuestAccount(account)) return 'guest';
    await ask((sql) => statements.lockAccount(sql, account));
    const [counted] = await ask((sql) => statements.countOwned(sql, account));
    const full = reached('collections', { use: counted?.owned ?? 0, most, tier }) ?? (await noRoom(ask, { collection, account, tier }));
    if (full !== undefined) return full;
    // One owner at a time, also between two statements.
    await ask((sql) => statements.updateRole(sql, { collection, member: self.member }, { role: 'editor' }));
    await ask((sql) => statements.updateRole(sql, { collection, member: found.member }, { role: 'owner' }));
    return 'changed';
  });
}

/** Nobody is made to pay for more than they may store. */
async function noRoom(
  ask: Ask,
  { collection, account, tier }: { readonly collection: CollectionId; readonly account: AccountId; readonly tier: string },
): Promise<LimitReached | undefined> {
  const [found] = await ask((sql) => statements.storageWith(sql, collection, account));
  if (found === undefined || found.added === 0 || found.used + found.added <= found.most) return undefined;
  return { limit: 'storage', use: found.used + found.added, most: found.most, tier };
}

export function deleteCollection(parts: AccessParts, actor: Actor): Promise<ChangeOutcome> {
  return changeAsOwner(parts, actor, async ({ ask }): Promise<ChangeOutcome> => {
    await ask((sql) => statements.markDeleted(sql, actor.collection));
    return 'changed';
  });
}

export async function createInvite(
  parts: AccessParts,
  actor: Actor,
  { email, ...draft }: InviteDraft,
): Promise<'changed' | 'forbidden' | LimitReached> {
  const { collection } = actor;
  const sealedEmail = email === undefined ? undefined : await sealEmail(parts, { collection, id: draft.id, email });
  const [[owner]] = await parts.database.within(accountsScope, (sql) => [statements.selectActor(sql, collection, actor.member)]);
  if (owner?.role !== 'owner') return 'forbidden';
  const limits = await parts.tiers.limitsOf(owner.account);
  return changeAsOwner(parts, actor, async ({ ask, actor: self }): Promise<'changed' | LimitReached> => {
    const now = new Date(parts.clock.now());
    await ask((sql) => invites.deleteEnded(sql, collection, new Date(now.getTime() - endedInvitesDays * dayMs)));
    const [counted] = await ask((sql) => invites.countOpenInvites(sql, collection, now));
    const [seats] = await ask((sql) => statements.countSeats(sql, collection));
    const full =
      reached('invites', { use: counted?.open ?? 0, most: maxOpenInvites, tier: limits.name }) ??
      (draft.allowsGuests ? undefined : noSeat(seats ?? { accounts: 0, guests: 0 }, { kind: 'account' }, limits));
    if (full !== undefined) return full;
    await ask((sql) => invites.insertInvite(sql, { collection, member: self.member }, { ...draft, sealedEmail, now }));
    return 'changed';
  });
}

async function sealEmail(
  { keys }: AccessParts,
  { collection, id, email }: { readonly collection: CollectionId; readonly id: InviteId; readonly email: string },
): Promise<Buffer> {
  const key = await keys.read(collection);
  if (key === undefined)
    throw new Error(`There is no key for collection ${collection}. Was DATA_DIR/keys restored together with the database?`);
  return seal(sealKeyOf(key), { collection, table: 'capabilities', document: id, seq: 0 }, new TextEncoder().encode(email));
}

export function revokeInvite(parts: AccessParts, actor: Actor, invite: InviteId): Promise<ChangeOutcome> {
  const { collection } = actor;
  return changeAsOwner(parts, actor, async ({ ask }): Promise<ChangeOutcome> => {
    const [found] = await ask((sql) => invites.selectInvite(sql, collection, invite));
    if (found === undefined) return 'missing';
    if (found.revoked_at !== null) return 'unchanged';
    const now = new Date(parts.clock.now());
    await ask((sql) => invites.revoke(sql, collection, invite, now));
    await ask((sql) => invites.removeGuestsOf(sql, collection, invite, now));
    return 'changed';
  });
}

/** Collection by collection, each complete in itself: what an interruption leaves over the next claim finds. */
export async function claim(parts: AccessParts, device: AccountId, account: AccountId): Promise<readonly CollectionId[]> {
  const [found] = await parts.database.within(accountsScope, (sql) => [statements.selectMemberships(sql, device)]);
  const claimed: CollectionId[] = [];
  for (const { collection_id: collection } of found) {
    if (await transaction(parts.database, accountsScope, (ask) => claimOne(ask, collection, { device, account }))) claimed.push(collection);
  }
  return claimed;
}

async function claimOne(
  ask: Ask,
  collection: CollectionId,
  { device, account }: { readonly device: AccountId; readonly account: AccountId },
): Promise<boolean> {
  await ask((sql) => statements.lockCollection(sql, collection));
  const [from] = await ask((sql) => statements.selectMember(sql, collection, device));
  const [to] = await ask((sql) => statements.selectMember(sql, collection, account));
  if (from === undefined) return false;
  if (to === undefined) {
    await ask((sql) => invites.renameMember(sql, { collection, member: from.member }, account));
  } else {
    await ask((sql) => invites.mergeMember(sql, collection, { from: from.member, to: to.member }));
    await ask((sql) => statements.updateRole(sql, { collection, member: to.member }, { role: betterRole(to.role, from.role) }));
  }
  await ask((sql) => statements.raiseAccess(sql, collection));
  return true;
}
