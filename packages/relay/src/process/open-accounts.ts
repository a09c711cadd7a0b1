import type { AccountId } from '@cacaw/protocol';
import { createAuthDoor, type AuthDoor, type SignUpMode } from '../accounts/door.ts';
import { createAuthLibrary, type AuthLibrary } from '../accounts/library.ts';
import { createPasswordHash } from '../accounts/password-hash.ts';
import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import { createAccountAuthenticator } from '../adapters/account-authenticator.ts';
import { createAuthAdapter } from '../adapters/postgres/auth-adapter.ts';
import { createAccountSeal, type AccountSeal } from '../adapters/postgres/auth-seal.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createOutageWatch } from '../adapters/postgres/outage-watch.ts';
import { createPostgresProfiles } from '../adapters/postgres/profiles.ts';
import { createPostgresSignIns } from '../adapters/postgres/sign-ins.ts';
import { createPostgresSignUpInvites } from '../adapters/postgres/sign-up-invites.ts';
import { sweepAccounts } from '../adapters/postgres/sweep-accounts.ts';
import { createClaimCode } from '../adapters/postgres/used-codes.ts';
import { createSecretAuthenticator } from '../adapters/secret-authenticator.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import type { Route } from '../http/route.ts';
import { createPasses, type Passes } from '../members/passes.ts';
import type { Observer } from '../observer.ts';
import type { Authenticator, Identity, SignInId } from '../ports/authenticator.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Profiles } from '../ports/profiles.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SignUpInvites } from '../ports/sign-up-invites.ts';
import { accountRoutes } from '../routes/account.ts';
import { operatorRoutes } from '../routes/operator.ts';
import { deriveKey } from './derived-key.ts';

/** What accounts stand on in this process. */
export interface AccountGround {
  readonly database: Database;
  readonly keys: KeyStore;
  readonly mailer: Pick<Mailer, 'send' | 'forget'>;
  readonly limiter: RateLimiter;
  readonly observer: Observer;
  /** What everything about accounts is signed, found and sealed with. */
  readonly authSecret: Uint8Array;
  readonly signUp: SignUpMode;
  readonly tiers: Tiers;
  readonly isSecure: boolean;
  /** Known once the relay listens. */
  readonly origins: () => readonly string[];
  /** A sign-in was ended on this relay: its connections end at once instead of within a second. */
  readonly onSignInEnded?: ((signIn: SignInId) => void) | undefined;
}

/** Accounts of this relay. */
export interface OpenedAccounts {
  readonly authenticator: Authenticator;
  readonly door: AuthDoor;
  readonly profiles: Profiles;
  readonly invites: SignUpInvites;
  /** True for accounts that run this relay. */
  readonly isOperator: (who: Identity) => Promise<boolean>;
  /** Opens and seals what names a person. */
  readonly seal: AccountSeal;
  /** Whether this is the account's password; false where it has none. */
  readonly isPassword: (account: AccountId, password: string) => Promise<boolean>;
  /** What guests come to photos by. */
  readonly passes: Passes;
  /** What a limit on an e-mail is counted under. */
  readonly limitKey: (email: string) => string;
  /** What accounts do over HTTP, beside `/api/auth`. */
  readonly routes: readonly Route[];
}

/** Accounts over PostgreSQL and the key store. */
export function openAccounts(ground: AccountGround): OpenedAccounts {
  const { database, keys, mailer, observer, authSecret } = ground;
  const seal = createAccountSeal(keys, {
    relayKey: deriveKey(authSecret, 'accounts relay'),
    indexKey: deriveKey(authSecret, 'accounts index'),
  });
  const profiles = createPostgresProfiles(database, seal);
  const invites = createPostgresSignUpInvites(database, { seal, random: systemRandom });
  const onFault = (what: string, error: unknown): void => observer.fault(what, { error });
  const home = (): string => originsOf(ground)[0];
  const limitKey = (email: string): string => seal.index('limits.email', email).toString('base64url').slice(0, 22);
  const library = openLibrary(ground, { seal, profiles, onFault });
  const authenticator = createAccountAuthenticator(createPostgresSignIns(database, library), createSecretAuthenticator(), systemClock);
  const door = createAuthDoor({
    ...ground,
    library,
    authenticator,
    profiles,
    invites,
    clock: systemClock,
    keyOf: limitKey,
    home,
    sweep: () => sweepAccounts(database),
    onFault,
  });
  const lookKeyOf = (account: AccountId): Uint8Array => deriveKey(authSecret, `looks of ${account}`);
  const common = { profiles, tiers: ground.tiers, clock: systemClock };
  return {
    authenticator,
    door,
    profiles,
    invites,
    seal,
    limitKey,
    passes: createPasses(deriveKey(authSecret, 'guest passes'), systemClock),
    isPassword: (account, password) => library().isPassword(account, password),
    isOperator: async ({ account }) => (await profiles.read(account))?.isOperator === true,
    routes: [...accountRoutes({ ...common, lookKeyOf }), ...operatorRoutes({ ...common, invites, mailer, home })],
  };
}

interface LibraryParts {
  readonly seal: AccountSeal;
  readonly profiles: Profiles;
  readonly onFault: (what: string, error: unknown) => void;
}

/** The library, made at the first request: only then is the port known, and with it where pages are. */
function openLibrary(ground: AccountGround, { seal, profiles, onFault }: LibraryParts): () => AuthLibrary {
  const { database, mailer, authSecret } = ground;
  const watch = createOutageWatch(database);
  let made: AuthLibrary | undefined;
  return () =>
    (made ??= createAuthLibrary({
      database: createAuthAdapter(watch.database, { seal }),
      watch,
      secret: Buffer.from(deriveKey(authSecret, 'accounts library')).toString('base64url'),
      passwords: createPasswordHash(systemRandom),
      random: systemRandom,
      clock: systemClock,
      origins: originsOf(ground),
      isSecure: ground.isSecure,
      post: (mail) => void mailer.send(mail).catch((error: unknown) => onFault('a mail was not sent', error)),
      storageLimit: tierNamed(ground.tiers, 'free').storage,
      freeUsername: (wished) => freeUsername(profiles, wished),
      claimCode: createClaimCode(database, seal),
      onFault,
      onSignInEnded: (signIn) => ground.onSignInEnded?.(signIn),
    }));
}

function originsOf({ origins }: AccountGround): readonly [string, ...string[]] {
  const [first, ...rest] = origins();
  if (first === undefined) throw new Error('The relay does not listen yet; nobody can sign in.');
  return [first, ...rest];
}

const suffixes = 9_000;

/**
 * A taken name gets a number instead of a refusal: being told that a name is taken would tell, after a sign-up with somebody's
 * e-mail, whether they have an account.
 */
async function freeUsername(profiles: Profiles, wished: string): Promise<string> {
  let name = wished;
  while (!(await profiles.isUsernameFree(name))) {
    const [high = 0, low = 0] = systemRandom.bytes(2);
    name = `${wished.slice(0, 25)}-${1_000 + ((high * 256 + low) % suffixes)}`;
  }
  return name;
}
