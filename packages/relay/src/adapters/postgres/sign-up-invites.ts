import { createHash } from 'node:crypto';
import type { Random } from '@cacaw/protocol';
import type { SignUpInvites } from '../../ports/sign-up-invites.ts';
import type { AccountSeal } from './auth-seal.ts';
import type { Database } from './connection.ts';

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Invites as hashes of their secret and of the e-mail they are for. */
export function createPostgresSignUpInvites(
  database: Database,
  { seal, random }: { readonly seal: AccountSeal; readonly random: Random },
): SignUpInvites {
  return {
    async make(email, { isOperator, expiresAt }) {
      const secret = Buffer.from(random.bytes(32)).toString('base64url');
      await database.run(async (sql) => {
        await sql`delete from sign_up_invites where expires_at < now()`;
        await sql`
          insert into sign_up_invites (secret_hash, email_index, is_operator, expires_at)
          values (${hashOf(secret)}, ${seal.index('profiles.email', email)}, ${isOperator}, ${expiresAt})`;
      });
      return secret;
    },
    take: (email, secret) =>
      database.run(async (sql) => {
        const [found] = await sql<{ isOperator: boolean }[]>`
          delete from sign_up_invites
          where secret_hash = ${hashOf(secret)} and email_index = ${seal.index('profiles.email', email)} and expires_at > now()
          returning is_operator as "isOperator"`;
        return found;
      }),
  };
}
