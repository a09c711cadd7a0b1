import { createHash } from 'node:crypto';
import type { AccountId, CollectionId, GoneReason, MemberId, Random, WireRole } from '@cacaw/protocol';
import { firstChain } from '../../log/chain.ts';
import type { Access, Admission, AdmissionAnswer } from '../../ports/access.ts';
import type { Identity } from '../../ports/authenticator.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import type { Database, Sql } from './connection.ts';

/** Access by link: whoever holds the unguessable secret of a collection becomes a member of it. */
export function createPostgresAccess(database: Database, options: { readonly keys: KeyStore; readonly random: Random }): Access {
  return new PostgresCapabilities(database, options);
}

interface Standing {
  readonly gone: GoneReason | null;
  readonly member: MemberId | null;
  readonly role: WireRole | 'none' | null;
  readonly capability: WireRole | null;
}

/** What is known of an account already decides, except for a newcomer with the right secret. */
function answerTo({ gone, member, role, capability }: Standing): AdmissionAnswer | 'new' {
  if (member === null && capability === null) return { refused: 'unknown' };
  if (gone !== null) return { refused: gone };
  if (role === 'none') return { refused: 'removed' };
  return member === null || role === null ? 'new' : { admitted: { member, role } };
}

class PostgresCapabilities implements Access {
  readonly #database: Database;
  readonly #keys: KeyStore;
  readonly #random: Random;

  constructor(database: Database, { keys, random }: { readonly keys: KeyStore; readonly random: Random }) {
    this.#database = database;
    this.#keys = keys;
    this.#random = random;
  }

  admit({ account }: Identity, collection: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer> {
    return this.#database.run(async (sql) => {
      const hash = secret === undefined ? Buffer.alloc(32) : createHash('sha256').update(secret).digest();
      const [standing] = await selectStanding(sql, { account, collection, hash });
      const answer = standing === undefined ? ({ refused: 'unknown' } as const) : answerTo(standing);
      if (answer !== 'new') return answer;
      const [added] = await insertMember(sql, { account, collection, role: standing?.capability ?? 'viewer' });
      return added === undefined ? { refused: 'unknown' } : { admitted: added };
    });
  }

  role(collection: CollectionId, member: MemberId): Promise<WireRole | undefined> {
    return this.#database.run(async (sql) => {
      const [record] = await selectRole(sql, collection, member);
      return record === undefined || record.role === 'none' ? undefined : record.role;
    });
  }

  createCollection(collection: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'> {
    return this.#database.run(async (sql) => {
      // The key first: a collection without one could not be written.
      await this.#keys.make(collection);
      const made = await insertCollection(sql, { collection, lineage: Buffer.from(this.#random.bytes(16)), hash: Buffer.from(secretHash) });
      if (made.length > 0) return 'created';
      return (await selectCapability(sql, collection, Buffer.from(secretHash))).length > 0 ? 'repeated' : 'taken';
    });
  }
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

/**
 * Takes the next member number and adds the account under it; the first by an editor's link owns the collection, it is the
 * device that shared it. Two tabs of one new account may come together: the second finds the first's row.
 */
const insertMember = (
  sql: Sql,
  { account, collection, role }: { readonly account: AccountId; readonly collection: CollectionId; readonly role: WireRole },
): Promise<Admission[]> =>
  sql<Admission[]>`
    with taken as (update collections set last_member = last_member + 1 where collection_id = ${collection} returning last_member)
    insert into members (collection_id, member, account, role)
    select ${collection}, last_member, ${account}, case when last_member = 1 and ${role}::text = 'editor' then 'owner' else ${role}::text end from taken
    on conflict (collection_id, account) do update set account = excluded.account returning member, role`;

/** A collection and the capability of its link, together or not at all; no row when the id exists. */
const insertCollection = (
  sql: Sql,
  { collection, lineage, hash }: { readonly collection: CollectionId; readonly lineage: Buffer; readonly hash: Buffer },
): Promise<object[]> =>
  sql`
    with made as (
      insert into collections (collection_id, chain, lineage) values (${collection}, ${Buffer.from(firstChain)}, ${lineage})
      on conflict do nothing returning collection_id
    )
    insert into capabilities (collection_id, secret_hash, role) select collection_id, ${hash}, 'editor' from made returning 1`;

const selectCapability = (sql: Sql, collection: CollectionId, hash: Buffer): Promise<object[]> =>
  sql`select 1 from capabilities where collection_id = ${collection} and secret_hash = ${hash}`;
