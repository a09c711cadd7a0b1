import type { AuthLibrary } from '../../accounts/library.ts';
import type { SignInId } from '../../ports/authenticator.ts';
import type { SignIn, SignIns, SigningKey } from '../../ports/sign-ins.ts';
import type { Database, Sql } from './connection.ts';
import type { AccountId } from '@cacaw/protocol';

/** Sign-ins and signing keys as better-auth keeps them; `library` reads its own cookies. */
export function createPostgresSignIns(database: Database, library: () => Pick<AuthLibrary, 'signInOf'>): SignIns {
  return {
    find: (id) =>
      database.run(
        async (sql) => (await selectSignIn(sql, id)).map(({ expires, ...rest }) => ({ ...rest, expiresAt: expires.getTime() }))[0],
      ),
    async ofCookie(headers) {
      const found = await library().signInOf(headers);
      return found && { id: found.id as SignInId, account: found.account as AccountId, expiresAt: found.expiresAt };
    },
    ended: (ids) =>
      database.run(async (sql) => {
        const living = new Set((await selectLiving(sql, ids)).map((row) => row.id));
        return ids.filter((id) => !living.has(id));
      }),
    signingKeys: () =>
      database.run(async (sql) =>
        (await selectKeys(sql)).map(({ expires, ...rest }): SigningKey => ({ ...rest, expiresAt: expires.getTime() })),
      ),
  };
}

type SignInRow = Omit<SignIn, 'expiresAt'> & { readonly expires: Date };

const selectSignIn = (sql: Sql, id: SignInId): Promise<SignInRow[]> =>
  sql<SignInRow[]>`select id, account, expires_at as expires from sign_ins where id = ${id} and expires_at > now()`;

const selectLiving = (sql: Sql, ids: readonly SignInId[]): Promise<{ readonly id: SignInId }[]> =>
  sql<{ id: SignInId }[]>`select id from sign_ins where id = any(${[...ids]}::text[]) and expires_at > now()`;

/** Also those that sign no more: what they signed is good for a day. */
const selectKeys = (sql: Sql): Promise<(Omit<SigningKey, 'expiresAt'> & { readonly expires: Date })[]> =>
  sql<(Omit<SigningKey, 'expiresAt'> & { expires: Date })[]>`
    select id, public_key as "publicKey", expires_at as expires from signing_keys where expires_at > now() - interval '2 days'`;
