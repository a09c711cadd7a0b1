import type { AccountId } from '@cacaw/protocol';
import type { AccountUse, Profile, Profiles } from '../../ports/profiles.ts';
import type { AccountSeal } from './auth-seal.ts';
import type { Database, Sql } from './connection.ts';

interface ProfileRow {
  readonly account: AccountId;
  readonly email: Uint8Array;
  readonly email_verified: boolean;
  readonly username: Uint8Array;
  readonly created_at: Date;
  readonly is_operator: boolean;
  readonly subscription_tier: string;
  readonly storage_used: number;
  readonly storage_limit: number;
  readonly second_factor: boolean;
}

/** Profiles in the table that better-auth's user is; names sealed with the account's key. */
export function createPostgresProfiles(database: Database, seal: AccountSeal): Profiles {
  const open = async (rows: readonly ProfileRow[]): Promise<readonly Profile[]> => {
    const profiles: Profile[] = [];
    for (const row of rows) {
      const profile = await openProfile(row, seal);
      if (profile !== undefined) profiles.push(profile);
    }
    return profiles;
  };
  return {
    read: (account) => database.run(async (sql) => (await open(await selectProfiles(sql, [account])))[0]),
    readAll: (accounts) => database.run(async (sql) => (accounts.length === 0 ? [] : open(await selectProfiles(sql, accounts)))),
    byEmail: (email) => database.run(async (sql) => (await selectByEmail(sql, seal.index('profiles.email', email)))[0]?.account),
    use: (account, now) => database.run(async (sql) => (await selectUse(sql, account, now))[0] ?? nothing),
    list: (page) => database.run(async (sql) => open(await selectPage(sql, page))),
    isUsernameFree: (username) =>
      database.run(async (sql) => (await selectByUsername(sql, seal.index('profiles.username', username))).length === 0),
    async rename(account, username) {
      const text = await seal.seal(account, `profiles.username|${account}`, username).catch(() => undefined);
      if (text === undefined) return 'unknown';
      const index = seal.index('profiles.username', username);
      try {
        const [found] = await database.run((sql) => updateUsername(sql, { account, text, index }));
        if (found === undefined) return 'unknown';
        return found.is_done ? 'renamed' : 'taken';
      } catch (error) {
        if (isTwice(error)) return 'taken';
        throw error;
      }
    },
    setTier: (account, { name, storage }) =>
      database.run(async (sql) => ((await updateTier(sql, { account, name, storage })).length > 0 ? 'set' : 'unknown')),
    setOperator: (account, isOperator) =>
      database.run(async (sql) => {
        const [found] = await updateOperator(sql, account, isOperator);
        if (found === undefined) return 'unknown';
        return found.is_done ? 'set' : 'last';
      }),
    async erase(account) {
      // The rows first: what lives must not be left without its key.
      await database.run((sql) => sql`delete from profiles where account = ${account}`);
      await seal.destroy(account);
    },
  };
}

const nothing: AccountUse = { collections: 0, detectionsThisMonth: 0, hasPassword: false, isOnlyOperator: false };

async function openProfile(row: ProfileRow, seal: AccountSeal): Promise<Profile | undefined> {
  const { account } = row;
  const email = await seal.open(account, `profiles.email|${account}`, row.email);
  const username = await seal.open(account, `profiles.username|${account}`, row.username);
  if (email === undefined || username === undefined) return undefined;
  return {
    account,
    email,
    emailVerified: row.email_verified,
    username,
    createdAt: row.created_at,
    isOperator: row.is_operator,
    tier: row.subscription_tier,
    storageUsed: row.storage_used,
    storageLimit: row.storage_limit,
    hasSecondFactor: row.second_factor,
  };
}

const selectProfiles = (sql: Sql, accounts: readonly AccountId[]): Promise<ProfileRow[]> =>
  sql<ProfileRow[]>`select * from profiles where account = any(${[...accounts]}::text[])`;

const selectPage = (sql: Sql, { after, limit }: { readonly after: AccountId | undefined; readonly limit: number }): Promise<ProfileRow[]> =>
  sql<ProfileRow[]>`
    select * from profiles
    where ${after ?? null}::text is null or (created_at, account) > (select created_at, account from profiles where account = ${after ?? null})
    order by created_at, account limit ${limit}`;

const selectByEmail = (sql: Sql, index: Buffer): Promise<{ readonly account: AccountId }[]> =>
  sql<{ account: AccountId }[]>`select account from profiles where email_index = ${index}`;

const selectByUsername = (sql: Sql, index: Buffer): Promise<object[]> => sql`select 1 from profiles where username_index = ${index}`;

const selectUse = (sql: Sql, account: AccountId, now: Date): Promise<AccountUse[]> =>
  sql<AccountUse[]>`
    select
      (select count(*)::integer from members m join collections c using (collection_id)
        where m.account = ${account} and m.role = 'owner' and c.gone is null) as collections,
      coalesce((select detections from detections_used d
        where d.account = ${account} and d.month = date_trunc('month', ${now}::timestamptz at time zone 'UTC')::date), 0)
        as "detectionsThisMonth",
      exists (select from credentials k where k.account = ${account} and k.password is not null) as "hasPassword",
      exists (select from profiles p where p.account = ${account} and p.is_operator)
        and not exists (select from profiles p where p.is_operator and p.account <> ${account}) as "isOnlyOperator"`;

/** Two asked for one name at once: neither statement saw the other's, and the index let the first one have it. */
const isTwice = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23505';

/** A name that is taken changes nothing and says so. */
const updateUsername = (
  sql: Sql,
  { account, text, index }: { readonly account: AccountId; readonly text: Buffer; readonly index: Buffer },
): Promise<{ readonly is_done: boolean }[]> =>
  sql<{ is_done: boolean }[]>`
    with done as (
      update profiles set username = ${text}, username_index = ${index}, updated_at = now()
      where account = ${account} and not exists (select from profiles where username_index = ${index} and account <> ${account})
      returning 1
    )
    select exists (select from done) as is_done from profiles where account = ${account}`;

const updateTier = (
  sql: Sql,
  { account, name, storage }: { readonly account: AccountId; readonly name: string; readonly storage: number },
): Promise<object[]> =>
  sql`
    update profiles set subscription_tier = ${name}, storage_limit = ${storage}, updated_at = now() where account = ${account} returning 1`;

/** Operators are locked in one order, so that two who resign at once do not both go. */
const updateOperator = (sql: Sql, account: AccountId, isOperator: boolean): Promise<{ readonly is_done: boolean }[]> =>
  sql<{ is_done: boolean }[]>`
    with operators as materialized (select account from profiles where is_operator order by account for update),
    done as (
      update profiles set is_operator = ${isOperator}, updated_at = now()
      where account = ${account} and (${isOperator} or exists (select from operators where account <> ${account}))
      returning 1
    )
    select exists (select from done) as is_done from profiles where account = ${account}`;
