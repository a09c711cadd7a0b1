import type { AccountId, CollectionId, GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import type { InviteDraft } from '../../ports/membership.ts';
import type { InviteRecord } from './access-statements.ts';
import type { Sql } from './connection.ts';

export const selectInvites = (sql: Sql, collection: CollectionId): Promise<InviteRecord[]> =>
  sql<InviteRecord[]>`
    select id, role, allows_guests, created_at, expires_at, max_uses, uses, sealed_email from capabilities
    where collection_id = ${collection} and revoked_at is null order by created_at desc, id`;

/** An invite found by its secret alone, with who made it and what the asker is in its collection. */
export interface FoundInvite extends Omit<InviteRecord, 'sealed_email'> {
  readonly collection_id: CollectionId;
  readonly gone: GoneReason | null;
  readonly creator: AccountId | null;
  readonly asker: WireRole | 'none' | null;
}

export const selectBySecret = (sql: Sql, hash: Buffer, asker: AccountId | undefined): Promise<FoundInvite[]> =>
  sql<FoundInvite[]>`
    select k.collection_id, k.id, k.role, k.allows_guests, k.created_at, k.expires_at, k.max_uses, k.uses,
      c.gone, m.account as creator, a.role as asker
    from capabilities k
    join collections c using (collection_id)
    left join members m on m.collection_id = k.collection_id and m.member = k.created_by
    left join members a on a.collection_id = k.collection_id and a.account = ${asker ?? null}
    where k.secret_hash = ${hash} and k.revoked_at is null order by k.created_at limit 1`;

export const countOpenInvites = (sql: Sql, collection: CollectionId, now: Date): Promise<{ readonly open: number }[]> => sql`
  select count(*)::integer as open from capabilities
  where collection_id = ${collection} and revoked_at is null and (expires_at is null or expires_at > ${now})
    and (max_uses is null or uses < max_uses)`;

/** Ended invites are of no more use after a month. */
export const deleteEnded = (sql: Sql, collection: CollectionId, before: Date): Promise<object> => sql`
  delete from capabilities where collection_id = ${collection} and coalesce(revoked_at, expires_at) < ${before}`;

export const insertInvite = (
  sql: Sql,
  { collection, member }: { readonly collection: CollectionId; readonly member: MemberId },
  draft: Omit<InviteDraft, 'email'> & { readonly sealedEmail: Buffer | undefined; readonly now: Date },
): Promise<object> => sql`
  insert into capabilities (collection_id, secret_hash, id, role, created_at, created_by, expires_at, max_uses, allows_guests, sealed_email)
  values (${collection}, ${Buffer.from(draft.secretHash)}, ${draft.id}, ${draft.role}, ${draft.now}, ${member},
    ${new Date(draft.expiresAt)}, ${draft.maxUses ?? null}, ${draft.allowsGuests}, ${draft.sealedEmail ?? null})`;

export const countUse = (sql: Sql, collection: CollectionId, invite: InviteId): Promise<object> =>
  sql`update capabilities set uses = uses + 1 where collection_id = ${collection} and id = ${invite}`;

export const selectInvite = (sql: Sql, collection: CollectionId, invite: InviteId): Promise<{ readonly revoked_at: Date | null }[]> =>
  sql`select revoked_at from capabilities where collection_id = ${collection} and id = ${invite}`;

/** Its secret opens nothing more; where it was sent is forgotten. */
export const revoke = (sql: Sql, collection: CollectionId, invite: InviteId, now: Date): Promise<object> => sql`
  update capabilities set revoked_at = ${now}, sealed_email = null where collection_id = ${collection} and id = ${invite}`;

export const removeGuestsOf = (sql: Sql, collection: CollectionId, invite: InviteId, now: Date): Promise<object> => sql`
  update members set role = 'none', decided_at = ${now}
  where collection_id = ${collection} and by_invite = ${invite} and length(account) = 43 and role not in ('none', 'owner')`;

/** The device's member becomes the account's: nobody else was it yet. */
export const renameMember = (
  sql: Sql,
  { collection, member }: { readonly collection: CollectionId; readonly member: MemberId },
  account: AccountId,
): Promise<object> => sql`
  update members set account = ${account}, by_invite = null where collection_id = ${collection} and member = ${member}`;

/** The device's member becomes another one, which takes its writers over. */
export const mergeMember = (
  sql: Sql,
  collection: CollectionId,
  { from, to }: { readonly from: MemberId; readonly to: MemberId },
): Promise<object> => sql`
  with moved as (update writers set member = ${to} where collection_id = ${collection} and member = ${from})
  update members set account = null, role = 'none', same_as = ${to} where collection_id = ${collection} and member = ${from}`;
