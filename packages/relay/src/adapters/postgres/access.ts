import { createHash } from 'node:crypto';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import { firstChain } from '../../log/chain.ts';
import { isOpen, reached } from '../../members/entry.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import type { Invite, Membership } from '../../ports/membership.ts';
import { noLimits, type OwnerLimits } from '../../ports/owner-limits.ts';
import * as changes from './access-changes.ts';
import * as statements from './access-statements.ts';
import type { Database } from './connection.ts';
import { enter } from './entrance.ts';
import * as invites from './invite-statements.ts';
import { sealKeyOf, unseal } from './seal.ts';
import { accountsScope, transaction } from './transaction.ts';

/** What membership needs beside its database; without `tiers` nothing is limited. */
export interface AccessOptions {
  readonly keys: KeyStore;
  readonly random: Random;
  readonly clock: Clock;
  readonly tiers?: OwnerLimits | undefined;
}

/** Everything membership stands on. */
export interface AccessParts {
  readonly database: Database;
  readonly keys: KeyStore;
  readonly random: Random;
  readonly clock: Clock;
  readonly tiers: OwnerLimits;
}

/** Membership in PostgreSQL: members, their roles, and the invites by which they came. */
export function createPostgresAccess(database: Database, { tiers = noLimits, ...options }: AccessOptions): Membership {
  const parts: AccessParts = { database, tiers, ...options };
  return {
    ...reads(parts),
    ...entrances(parts),
    createCollection: (owner, collection) => createCollection(parts, owner, collection),
    createByLink: (collection, secretHash) => createByLink(parts, collection, Buffer.from(secretHash)),
    changeRole: (actor, account, role) => changes.changeRole(parts, { actor, account }, role),
    remove: (actor, account) => changes.remove(parts, { actor, account }),
    transfer: (actor, account) => changes.transfer(parts, { actor, account }),
    deleteCollection: (actor) => changes.deleteCollection(parts, actor),
    createInvite: (actor, draft) => changes.createInvite(parts, actor, draft),
    revokeInvite: (actor, invite) => changes.revokeInvite(parts, actor, invite),
    claim: (device, account) => changes.claim(parts, device, account),
  };
}

const scope = accountsScope;
const hashOf = (secret: Uint8Array): Buffer => createHash('sha256').update(secret).digest();
const noHash = Buffer.alloc(32);

function reads({ database, keys }: AccessParts): Pick<Membership, 'current' | 'collectionsOf' | 'members' | 'invites'> {
  return {
    async current(collection, members) {
      const [records] = await database.within(scope, (sql) => [statements.selectCurrent(sql, collection, members)]);
      return new Map(records.map(({ member, account, role }) => [member, { account: account ?? undefined, role }]));
    },
    async collectionsOf(account) {
      const [records] = await database.within(scope, (sql) => [statements.selectCollections(sql, account)]);
      return records.map((one) => ({
        collection: one.collection_id,
        role: one.role,
        joinedAt: one.joined_at.getTime(),
        memberCount: one.member_count,
      }));
    },
    async members(collection) {
      const [records] = await database.within(scope, (sql) => [statements.selectMembers(sql, collection)]);
      return records.map(({ joined_at, ...one }) => ({ ...one, joinedAt: joined_at.getTime() }));
    },
    async invites(collection) {
      const [records] = await database.within(scope, (sql) => [invites.selectInvites(sql, collection)]);
      const key = records.some((one) => one.sealed_email !== null) ? await keys.read(collection) : undefined;
      return records.map((record) => inviteOf(record, { collection, key }));
    },
  };
}

function inviteOf(
  record: statements.InviteRecord,
  { collection, key }: { readonly collection: CollectionId; readonly key: Uint8Array | undefined },
): Invite {
  const place = { collection, table: 'capabilities', document: record.id, seq: 0 } as const;
  const sealed = record.sealed_email;
  const email = sealed === null || key === undefined ? undefined : new TextDecoder().decode(unseal(sealKeyOf(key), place, sealed));
  return { ...statements.termsOf(record), email };
}

function entrances(parts: AccessParts): Pick<Membership, 'admit' | 'look' | 'accept'> {
  const { database, clock } = parts;
  return {
    async admit(who, collection, secret) {
      const answer = await enter(parts, who, { collection, hash: secret === undefined ? noHash : hashOf(secret) });
      return 'limit' in answer ? { refused: 'unknown' } : answer;
    },
    async look(secret, who) {
      const [[found]] = await database.within(scope, (sql) => [invites.selectBySecret(sql, hashOf(secret), who?.account)]);
      if (found === undefined || found.gone !== null) return undefined;
      const terms = statements.termsOf(found);
      if (!isOpen(terms, clock.now()) && (found.asker ?? 'none') === 'none') return undefined;
      const { role, allowsGuests, expiresAt } = terms;
      return { collection: found.collection_id, role, allowsGuests, invitedBy: found.creator ?? undefined, expiresAt };
    },
    async accept(who, secret) {
      const hash = hashOf(secret);
      const [[found]] = await database.within(scope, (sql) => [invites.selectBySecret(sql, hash, who.account)]);
      if (found === undefined) return 'unknown';
      const answer = await enter(parts, who, { collection: found.collection_id, hash });
      if ('limit' in answer) return answer;
      return 'admitted' in answer ? { collection: found.collection_id, role: answer.admitted.role } : 'unknown';
    },
  };
}

/** The key is made within: a collection without one could not be written, and a refused one must leave no key behind. */
async function createCollection(
  { database, keys, random, clock, tiers }: AccessParts,
  owner: Parameters<Membership['createCollection']>[0],
  collection: CollectionId,
): ReturnType<Membership['createCollection']> {
  const { collections: most, name: tier } = await tiers.limitsOf(owner);
  return transaction(database, scope, async (ask) => {
    await ask((sql) => statements.lockAccount(sql, owner));
    const standing = statements.standingOf(
      await ask((sql) => statements.selectStanding(sql, { account: owner, collection, hash: noHash })),
    );
    if (standing !== undefined) return standing.gone === undefined && standing.owner === owner ? 'repeated' : 'taken';
    const [counted] = await ask((sql) => statements.countOwned(sql, owner));
    const full = reached('collections', { use: counted?.owned ?? 0, most, tier });
    if (full !== undefined) return full;
    await keys.make(collection);
    const lineage = Buffer.from(random.bytes(16));
    const made = await ask((sql) =>
      statements.insertOwned(sql, { collection, chain: Buffer.from(firstChain), lineage, owner, now: new Date(clock.now()) }),
    );
    return made.length > 0 ? 'created' : 'taken';
  });
}

async function createByLink(
  { database, keys, random, clock }: AccessParts,
  collection: CollectionId,
  hash: Buffer,
): ReturnType<Membership['createByLink']> {
  await keys.make(collection);
  const made = { collection, chain: Buffer.from(firstChain), lineage: Buffer.from(random.bytes(16)), hash, now: new Date(clock.now()) };
  const [inserted, known] = await database.within(scope, (sql) => [
    statements.insertLinked(sql, made),
    statements.selectCapability(sql, collection, hash),
  ]);
  if (inserted.length > 0) return 'created';
  return known.length > 0 ? 'repeated' : 'taken';
}
