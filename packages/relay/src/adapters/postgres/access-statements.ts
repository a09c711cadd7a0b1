// Reads and writes of `members` and `capabilities`, and what of `collections` says who may do what.
import type { AccountId, CollectionId, GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import type { InviteTerms, Standing } from '../../members/entry.ts';
import type { Sql } from './connection.ts';

interface InviteColumns {
  readonly id: InviteId;
  readonly role: 'editor' | 'viewer';
  readonly allows_guests: boolean;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly max_uses: number | null;
  readonly uses: number;
}

/** A row of `capabilities` that was not revoked. */
export interface InviteRecord extends InviteColumns {
  readonly sealed_email: Buffer | null;
}

export const termsOf = (record: InviteColumns): InviteTerms => ({
  id: record.id,
  role: record.role,
  allowsGuests: record.allows_guests,
  createdAt: record.created_at.getTime(),
  expiresAt: record.expires_at?.getTime(),
  maxUses: record.max_uses ?? undefined,
  uses: record.uses,
});

/** What {@link selectStanding} finds. */
export interface StandingRecord extends InviteColumns {
  readonly gone: GoneReason | null;
  readonly member: MemberId | null;
  readonly member_role: WireRole | 'none' | null;
  readonly decided_at: Date | null;
  readonly owner: AccountId | null;
  readonly last_member: number;
  readonly invite: InviteId | null;
}

/** What a collection knows of an account with the hash of a secret in hand, whose it is, and whether anybody was ever in it. */
export interface FullStanding extends Standing {
  readonly owner: AccountId | undefined;
  readonly isEmpty: boolean;
}

export interface Asked {
  readonly account: AccountId;
  readonly collection: CollectionId;
  readonly hash: Buffer;
}

/** One statement whatever is found, so that nobody learns from the time it takes. */
export const selectStanding = (sql: Sql, { account, collection, hash }: Asked): Promise<StandingRecord[]> =>
  sql<StandingRecord[]>`
    select c.gone, c.last_member, m.member, m.role as member_role, m.decided_at, o.account as owner, k.id as invite, k.*
    from collections c
    left join members m on m.collection_id = c.collection_id and m.account = ${account}
    left join members o on o.collection_id = c.collection_id and o.role = 'owner'
    left join capabilities k on k.collection_id = c.collection_id and k.secret_hash = ${hash} and k.revoked_at is null
    where c.collection_id = ${collection}`;

/** Undefined when there is no such collection. */
export function standingOf([record]: readonly StandingRecord[]): FullStanding | undefined {
  if (record === undefined) return undefined;
  const { member, member_role: role } = record;
  return {
    gone: record.gone ?? undefined,
    member: member === null || role === null ? undefined : { member, role, decidedAt: record.decided_at?.getTime() },
    invite: record.invite === null ? undefined : termsOf(record),
    owner: record.owner ?? undefined,
    isEmpty: record.last_member === 0,
  };
}

/** The members that were not removed, with their accounts; a device's member that became its account's has that one's. */
export const selectCurrent = (
  sql: Sql,
  collection: CollectionId,
  members: readonly MemberId[],
): Promise<{ readonly member: MemberId; readonly account: AccountId | null; readonly role: WireRole }[]> => sql`
  select m.member, a.account, a.role from members m
  join members a on a.collection_id = m.collection_id and a.member = coalesce(m.same_as, m.member)
  where m.collection_id = ${collection} and m.member = any(${[...members]}::bigint[]) and a.role <> 'none'`;

/** Locks a collection until the transaction ends; no row when there is none. */
export const lockCollection = (sql: Sql, collection: CollectionId): Promise<{ readonly gone: GoneReason | null }[]> =>
  sql<{ gone: GoneReason | null }[]>`select gone from collections where collection_id = ${collection} for no key update`;

/** Says to every relay that rights have changed. */
export const raiseAccess = (sql: Sql, collection: CollectionId): Promise<object> =>
  sql`update collections set access = access + 1 where collection_id = ${collection}`;

export const markDeleted = (sql: Sql, collection: CollectionId): Promise<object> =>
  sql`update collections set gone = 'deleted' where collection_id = ${collection}`;

/** A member in a change: who they are by now. */
export interface MemberRecord {
  readonly member: MemberId;
  readonly account: AccountId;
  readonly role: WireRole | 'none';
}

/** The member an actor has become, with their role; no row for one that never was. */
export const selectActor = (sql: Sql, collection: CollectionId, member: MemberId): Promise<MemberRecord[]> =>
  sql<MemberRecord[]>`
    select a.member, a.account, a.role from members m
    join members a on a.collection_id = m.collection_id and a.member = coalesce(m.same_as, m.member)
    where m.collection_id = ${collection} and m.member = ${member}`;

export const selectMember = (sql: Sql, collection: CollectionId, account: AccountId): Promise<MemberRecord[]> =>
  sql<MemberRecord[]>`select member, account, role from members where collection_id = ${collection} and account = ${account}`;

export const selectMembers = (
  sql: Sql,
  collection: CollectionId,
): Promise<{ readonly member: MemberId; readonly account: AccountId; readonly role: WireRole; readonly joined_at: Date }[]> => sql`
  select member, account, role, joined_at from members
  where collection_id = ${collection} and role <> 'none' and account is not null order by joined_at, member`;

export const countSeats = (sql: Sql, collection: CollectionId): Promise<{ readonly accounts: number; readonly guests: number }[]> => sql`
  select count(*) filter (where length(account) = 22)::integer as accounts, count(*) filter (where length(account) = 43)::integer as guests
  from members where collection_id = ${collection} and role <> 'none'`;

/** Only one transaction at a time decides how many collections an account owns. */
export const lockAccount = (sql: Sql, account: AccountId): Promise<object> =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`owner ${account}`}, 0))`;

export const countOwned = (sql: Sql, account: AccountId): Promise<{ readonly owned: number }[]> => sql`
  select count(*)::integer as owned from members m join collections c using (collection_id)
  where m.account = ${account} and m.role = 'owner' and c.gone is null`;

export const selectCollections = (
  sql: Sql,
  account: AccountId,
): Promise<
  { readonly collection_id: CollectionId; readonly role: WireRole; readonly joined_at: Date; readonly member_count: number }[]
> => sql`
  select c.collection_id, m.role, m.joined_at,
    (select count(*)::integer from members o where o.collection_id = c.collection_id and o.role <> 'none') as member_count
  from members m join collections c using (collection_id)
  where m.account = ${account} and m.role <> 'none' and c.gone is null order by m.joined_at, c.collection_id`;

export const selectMemberships = (sql: Sql, account: AccountId): Promise<{ readonly collection_id: CollectionId }[]> =>
  sql`select collection_id from members where account = ${account} order by collection_id`;

/** Takes the next member number. */
export async function nextMember(sql: Sql, collection: CollectionId): Promise<MemberId> {
  const [taken] = await sql<{ last_member: MemberId }[]>`
    update collections set last_member = last_member + 1 where collection_id = ${collection} returning last_member`;
  if (taken === undefined) throw new Error(`Collection ${collection} was lost while it was locked.`);
  return taken.last_member;
}

export interface NewMember {
  readonly collection: CollectionId;
  readonly member: MemberId;
  readonly account: AccountId;
  readonly role: WireRole;
  readonly byInvite: InviteId;
  readonly now: Date;
}

/** Adds a member, or lets a known one in (again) with another role. */
export const upsertMember = (sql: Sql, { collection, member, account, role, byInvite, now }: NewMember): Promise<object> => sql`
  insert into members (collection_id, member, account, role, by_invite, joined_at)
  values (${collection}, ${member}, ${account}, ${role}, ${byInvite}, ${now})
  on conflict (collection_id, member) do update set role = excluded.role, by_invite = excluded.by_invite,
    joined_at = case when members.role = 'none' then excluded.joined_at else members.joined_at end`;

/** `decidedAt` stays what it was when it is undefined. */
export const updateRole = (
  sql: Sql,
  { collection, member }: { readonly collection: CollectionId; readonly member: MemberId },
  { role, decidedAt }: { readonly role: WireRole | 'none'; readonly decidedAt?: Date | undefined },
): Promise<object> => sql`
  update members set role = ${role}, decided_at = coalesce(${decidedAt ?? null}, decided_at)
  where collection_id = ${collection} and member = ${member}`;

/** A collection with the account that owns it, together or not at all; no row when the id exists. */
export const insertOwned = (
  sql: Sql,
  made: {
    readonly collection: CollectionId;
    readonly chain: Buffer;
    readonly lineage: Buffer;
    readonly owner: AccountId;
    readonly now: Date;
  },
): Promise<object[]> => sql`
  with made as (
    insert into collections (collection_id, chain, lineage, last_member) values (${made.collection}, ${made.chain}, ${made.lineage}, 1)
    on conflict do nothing returning collection_id
  )
  insert into members (collection_id, member, account, role, joined_at)
  select collection_id, 1, ${made.owner}, 'owner', ${made.now} from made returning 1`;

/** A collection and the link that opens it, together or not at all; no row when the id exists. */
export const insertLinked = (
  sql: Sql,
  made: { readonly collection: CollectionId; readonly chain: Buffer; readonly lineage: Buffer; readonly hash: Buffer; readonly now: Date },
): Promise<object[]> => sql`
  with made as (
    insert into collections (collection_id, chain, lineage) values (${made.collection}, ${made.chain}, ${made.lineage})
    on conflict do nothing returning collection_id
  )
  insert into capabilities (collection_id, secret_hash, role, id, allows_guests, created_at)
  select collection_id, ${made.hash}, 'editor', left(translate(encode(sha256(${made.hash}), 'base64'), '+/=', 'xyz'), 22), true, ${made.now}
  from made returning 1`;

export const selectCapability = (sql: Sql, collection: CollectionId, hash: Buffer): Promise<object[]> =>
  sql`select 1 from capabilities where collection_id = ${collection} and secret_hash = ${hash}`;

/** What an account would store with a collection more, and what it may; no row without a profile. */
export const storageWith = (
  sql: Sql,
  collection: CollectionId,
  account: AccountId,
): Promise<{ readonly added: number; readonly used: number; readonly most: number }[]> => sql`
  select collection_storage(${collection}) as added, storage_used as used, storage_limit as most from profiles
  where account = ${account} for no key update`;
