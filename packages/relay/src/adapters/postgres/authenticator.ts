import { createHash } from 'node:crypto';
import type { AccountId, CollectionId, Credential, GoneReason, MemberId, Random, WireRole } from '@cacaw/protocol';
import { firstChain } from '../../log/chain.ts';
import type { Admission, AdmissionAnswer, Authenticator } from '../../ports/authenticator.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import { reach, type ReservedSql, type Sql } from './connection.ts';

/** Access by link: whoever holds the unguessable secret of a collection becomes a member of it. */
export function createPostgresAuthenticator(sql: Sql, options: { readonly keys: KeyStore; readonly random: Random }): Authenticator {
  return new PostgresCapabilities(sql, options);
}

interface Standing {
  readonly gone: GoneReason | null;
  readonly member: MemberId | null;
  readonly role: WireRole | 'none' | null;
  readonly capability: WireRole | null;
}

class PostgresCapabilities implements Authenticator {
  readonly #sql: Sql;
  readonly #keys: KeyStore;
  readonly #random: Random;

  constructor(sql: Sql, { keys, random }: { readonly keys: KeyStore; readonly random: Random }) {
    this.#sql = sql;
    this.#keys = keys;
    this.#random = random;
  }

  async identify(credential: Credential): Promise<AccountId | undefined> {
    if (credential.kind !== 'secret' || credential.secret.length < 16) return undefined;
    return createHash('sha256').update(credential.secret).digest('base64url') as AccountId;
  }

  admit(account: AccountId, collection: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer> {
    return reach(async () => {
      const hash = secret === undefined ? Buffer.alloc(32) : createHash('sha256').update(secret).digest();
      const [standing] = await selectStanding(this.#sql, { account, collection, hash });
      if (standing === undefined || (standing.member === null && standing.capability === null)) return { refused: 'unknown' };
      if (standing.gone !== null) return { refused: standing.gone };
      if (standing.role === 'none') return { refused: 'removed' };
      if (standing.member !== null && standing.role !== null) return { admitted: { member: standing.member, role: standing.role } };
      return { admitted: await addMember(this.#sql, { account, collection, role: standing.capability ?? 'viewer' }) };
    });
  }

  role(collection: CollectionId, member: MemberId): Promise<WireRole | undefined> {
    return reach(async () => {
      const [record] = await selectRole(this.#sql, collection, member);
      return record === undefined || record.role === 'none' ? undefined : record.role;
    });
  }

  createCollection(collection: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'> {
    return reach(async () => {
      // The key first: a collection without one could not be written.
      await this.#keys.make(collection);
      const isNew = await this.#sql.begin(async (sql) => {
        const made = await insertCollection(sql as unknown as ReservedSql, collection, Buffer.from(this.#random.bytes(16)));
        if (made.length > 0) await insertCapability(sql as unknown as ReservedSql, collection, Buffer.from(secretHash));
        return made.length > 0;
      });
      if (isNew) return 'created';
      return (await selectCapability(this.#sql, collection, Buffer.from(secretHash))).length > 0 ? 'repeated' : 'taken';
    });
  }
}

/** The first member by an editor's link owns the collection: it is the device that shared it. */
function addMember(sql: Sql, { account, collection, role }: { readonly account: AccountId; readonly collection: CollectionId; readonly role: WireRole }): Promise<Admission> {
  return sql.begin(async (transaction) => {
    const reserved = transaction as unknown as ReservedSql;
    const [counted] = await takeMemberNumber(reserved, collection);
    const member = counted?.last_member ?? (1 as MemberId);
    const [added] = await insertMember(reserved, { account, collection, member, role: member === 1 && role === 'editor' ? 'owner' : role });
    if (added === undefined) throw new Error(`Member ${member} of ${collection} was neither added nor found.`);
    return added;
  });
}

const selectStanding = (
  sql: Sql,
  { account, collection, hash }: { readonly account: AccountId; readonly collection: CollectionId; readonly hash: Buffer },
): Promise<Standing[]> =>
  sql<Standing[]>`
    select c.gone, m.member, m.role, k.role as capability
    from collections c
    left join members m on m.collection_id = c.collection_id and m.account = ${account}
    left join capabilities k on k.collection_id = c.collection_id and k.secret_hash = ${hash} and k.revoked_at is null
    where c.collection_id = ${collection}`;

const selectRole = (sql: Sql, collection: CollectionId, member: MemberId): Promise<{ readonly role: WireRole | 'none' }[]> =>
  sql<{ role: WireRole | 'none' }[]>`select role from members where collection_id = ${collection} and member = ${member}`;

const takeMemberNumber = (sql: ReservedSql, collection: CollectionId): Promise<{ readonly last_member: MemberId }[]> =>
  sql<{ last_member: MemberId }[]>`
    update collections set last_member = last_member + 1 where collection_id = ${collection} returning last_member`;

/** Two tabs of one new account may come together: the second finds the first's row. */
const insertMember = (
  sql: ReservedSql,
  { account, collection, member, role }: { readonly account: AccountId; readonly collection: CollectionId; readonly member: MemberId; readonly role: WireRole },
): Promise<Admission[]> =>
  sql<Admission[]>`
    insert into members (collection_id, member, account, role) values (${collection}, ${member}, ${account}, ${role})
    on conflict (collection_id, account) do update set account = excluded.account returning member, role`;

const insertCollection = (sql: ReservedSql, collection: CollectionId, lineage: Buffer): Promise<object[]> =>
  sql`insert into collections (collection_id, chain, lineage) values (${collection}, ${Buffer.from(firstChain)}, ${lineage}) on conflict do nothing returning 1`;

const insertCapability = (sql: ReservedSql, collection: CollectionId, hash: Buffer): Promise<object> =>
  sql`insert into capabilities (collection_id, secret_hash, role) values (${collection}, ${hash}, 'editor')`;

const selectCapability = (sql: Sql, collection: CollectionId, hash: Buffer): Promise<object[]> =>
  sql`select 1 from capabilities where collection_id = ${collection} and secret_hash = ${hash}`;
