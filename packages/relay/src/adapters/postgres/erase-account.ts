import type { AccountId, CollectionId, MemberId } from '@cacaw/protocol';
import type { AccountRows, OwnedCollection } from '../../erasure/erasures.ts';
import type { Heir } from '../../ports/erasure-ledger.ts';
import type { Profiles } from '../../ports/profiles.ts';
import * as statements from './access-statements.ts';
import type { AccountSeal } from './auth-seal.ts';
import type { Database, ReservedSql } from './connection.ts';
import { accountsScope, transaction } from './transaction.ts';

/** What erasing an account's rows stands on. */
export interface EraseAccountOptions {
  readonly profiles: Pick<Profiles, 'read' | 'erase'>;
  readonly seal: AccountSeal;
  /** Whether the account still has a key, which would open what backups hold of it. */
  readonly hasKey: (account: AccountId) => Promise<boolean>;
  /** Removes mails to an address and about an account; a last word is sent before. */
  readonly forgetMail: (account: AccountId, email: string | undefined) => Promise<void>;
  /** What else is counted and noted under the account. */
  readonly forgetElsewhere: (account: AccountId) => Promise<void>;
  /** Runs the last step once more, when nothing under way can bring the account back any more. */
  readonly again: (run: () => Promise<void>) => void;
}

/** What PostgreSQL keeps of accounts, to be erased. */
export function createAccountRows(database: Database, options: EraseAccountOptions): AccountRows {
  const { profiles, seal } = options;
  return {
    async handOver(from, heirs) {
      for (const heir of heirs) await handOverOne(database, from, heir);
    },
    async owned(account) {
      const [rows] = await database.within(accountsScope, (sql) => [selectOwned(sql, account)]);
      return rows.map(({ collection_id, successor }) => ({ collection: collection_id, successor: successor ?? undefined }));
    },
    async leave(account) {
      const [, , rows] = await database.within(accountsScope, (sql) => [
        revokeInvites(sql, account),
        countUpAccess(sql, account),
        forgetMember(sql, account),
      ]);
      return rows.map(({ collection_id }) => collection_id);
    },
    async forgetMail(account) {
      const profile = await profiles.read(account);
      await options.forgetMail(account, profile?.email);
      if (profile !== undefined) await forgetAddress(database, seal, { account, email: profile.email });
    },
    async erase(account) {
      await profiles.erase(account);
      await options.forgetElsewhere(account);
      const forget = async (): Promise<void> => {
        await database.within({ role: 'relay_jobs' }, (sql) => [sql`select audit_forget(${account})`]);
      };
      await forget();
      options.again(forget);
    },
    async remaining(accounts) {
      const [rows] = await database.within({ role: 'relay_jobs' }, (sql) => [selectRemaining(sql, accounts)]);
      const left = new Set(rows.map(({ account }) => account));
      for (const account of accounts) if (!left.has(account) && (await options.hasKey(account))) left.add(account);
      return [...left];
    },
  };
}

/** Judged under the collection's lock: whoever is no member any more inherits nothing. */
function handOverOne(database: Database, from: AccountId, { collection, account }: Heir): Promise<void> {
  return transaction(database, accountsScope, async (ask) => {
    await ask((sql) => statements.lockCollection(sql, collection));
    const [fit] = await ask(
      (sql) => sql<{ owner: MemberId; heir: MemberId }[]>`
        select o.member as owner, h.member as heir from members o join members h using (collection_id)
        where collection_id = ${collection} and o.account = ${from} and o.role = 'owner' and h.account = ${account} and h.role in ('editor', 'viewer')`,
    );
    if (fit === undefined) return;
    await ask((sql) => statements.updateRole(sql, { collection, member: fit.owner }, { role: 'editor' }));
    await ask((sql) => statements.updateRole(sql, { collection, member: fit.heir }, { role: 'owner' }));
    await ask((sql) => statements.raiseAccess(sql, collection));
  });
}

interface OwnedRow {
  readonly collection_id: CollectionId;
  readonly successor: OwnedCollection['successor'] | null;
}

const selectOwned = (sql: ReservedSql, account: AccountId): PromiseLike<OwnedRow[]> => sql<OwnedRow[]>`
  select m.collection_id, s.account as successor
  from members m join collections c using (collection_id)
  left join lateral (
    select o.account from members o
    where o.collection_id = m.collection_id and o.role in ('editor', 'viewer') and length(o.account) = 22
    order by o.role, o.joined_at, o.member limit 1
  ) s on true
  where m.account = ${account} and m.role = 'owner' and c.gone is null order by m.collection_id`;

const revokeInvites = (sql: ReservedSql, account: AccountId): PromiseLike<unknown> => sql`
  update capabilities k set revoked_at = now() from members m
  where m.account = ${account} and k.collection_id = m.collection_id and k.created_by = m.member and k.revoked_at is null`;

const countUpAccess = (sql: ReservedSql, account: AccountId): PromiseLike<unknown> => sql`
  update collections set access = access + 1 where collection_id in (select collection_id from members where account = ${account})`;

const forgetMember = (sql: ReservedSql, account: AccountId): PromiseLike<{ readonly collection_id: CollectionId }[]> =>
  sql<
    { collection_id: CollectionId }[]
  >`update members set account = null, role = 'none', decided_at = now() where account = ${account} returning collection_id`;

const pageSize = 500;

/** Invites to sign up, and secrets of mails under way: sealed by the relay's own key, so each has to be looked into. */
async function forgetAddress(
  database: Database,
  seal: AccountSeal,
  { account, email }: { readonly account: AccountId; readonly email: string },
): Promise<void> {
  await database.run((sql) => sql`delete from sign_up_invites where email_index = ${seal.index('profiles.email', email)}`);
  let after = '';
  for (;;) {
    const rows = await database.run(
      (sql) => sql<{ id: string; value: Uint8Array }[]>`
        select id, value from verifications where id > ${after} order by id limit ${pageSize}`,
    );
    for (const { id, value } of rows) {
      const text = (await seal.open(undefined, `verifications.value|${id}`, value)) ?? '';
      if (text.includes(account) || text.toLowerCase().includes(email.toLowerCase()))
        await database.run((sql) => sql`delete from verifications where id = ${id}`);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

const selectRemaining = (sql: ReservedSql, accounts: readonly AccountId[]): PromiseLike<{ readonly account: AccountId }[]> =>
  sql<{ account: AccountId }[]>`select account from accounts_remaining(${[...accounts]}::text[]) as account`;
