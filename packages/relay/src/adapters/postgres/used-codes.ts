import type { AccountId } from '@cacaw/protocol';
import type { AccountSeal } from './auth-seal.ts';
import type { Database } from './connection.ts';

/** True for the first use of a code of an authenticator app; the same code again is none, also when both come at once. */
export type ClaimCode = (account: AccountId, code: string) => Promise<boolean>;

/** Codes that were used, as keyed hashes, for as long as the app may still show them. */
export const createClaimCode =
  (database: Database, seal: AccountSeal): ClaimCode =>
  (account, code) =>
    database.run(async (sql) => {
      // What was used long ago is shown no more; nobody fills the table by trying.
      await sql`delete from used_codes where account = ${account} and used_at < now() - interval '2 minutes'`;
      const claimed = await sql`
        insert into used_codes (account, code_index) values (${account}, ${seal.index('used_codes.code', `${account}|${code}`)})
        on conflict (account, code_index) do nothing returning 1`;
      return claimed.length > 0;
    });
