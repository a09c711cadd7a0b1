import type { Database } from './connection.ts';

/** Removes what has ended: sign-ins, verifications, invites, used codes, and keys whose last token has ended. */
export const sweepAccounts = (database: Database): Promise<void> =>
  database.run(async (sql) => {
    await sql`delete from sign_ins where expires_at < now()`;
    await sql`delete from verifications where expires_at < now()`;
    await sql`delete from sign_up_invites where expires_at < now()`;
    await sql`delete from used_codes where used_at < now() - interval '1 hour'`;
    await sql`delete from signing_keys where expires_at < now() - interval '7 days'`;
  });
