import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { randomBase62, type AccountId, type Clock, type Random } from '@cacaw/protocol';
import type { SignInId } from '../ports/authenticator.ts';
import type { Mail } from '../ports/mailer.ts';
import { passkeys, secondFactor, tokens } from './library-plugins.ts';
import type { PasswordHash } from './password-hash.ts';
import { maxPasswordLength, minPasswordLength } from './password-rules.ts';

/** The header in which the door tells the library where a request came from; never taken from the network. */
export const addressHeader = 'x-cacaw-address';
/** Where the library is served. */
export const authBase = '/api/auth';

/** A person's sign-in lasts this long after it was last used, in seconds. */
const signInSeconds = 30 * 24 * 60 * 60;
const renewSeconds = 24 * 60 * 60;
/** A sign-in this young may change what guards the account without signing in again, in seconds. */
const freshSeconds = 24 * 60 * 60;
const verifyMinutes = 60;
const resetMinutes = 30;

/** What the library is made of. */
export interface LibraryOptions {
  /** Tells an outage of the database from what the library makes of it. */
  readonly watch: {
    during<T>(work: () => Promise<T>, isDisappointing: (result: T) => boolean): Promise<T>;
  };
  /** The adapter over our tables. */
  readonly database: BetterAuthOptions['database'];
  readonly secret: string;
  readonly passwords: PasswordHash;
  readonly random: Random;
  readonly clock: Clock;
  /** Origins whose pages may sign in here; the first is where links in mails lead. */
  readonly origins: readonly [string, ...string[]];
  /** True when everybody reaches this relay by https. */
  readonly isSecure: boolean;
  /** Hands a mail over without being waited for. */
  readonly post: (mail: Mail) => void;
  /** A username nobody has, as close to the wished one as can be. */
  readonly freeUsername: (wished: string) => Promise<string>;
  /** Bytes a new account may keep. */
  readonly storageLimit: number;
  /** True once for a code of an authenticator app. */
  readonly claimCode: (account: AccountId, code: string) => Promise<boolean>;
  readonly onFault: (what: string, error: unknown) => void;
  /** A sign-in was ended, whichever way. */
  readonly onSignInEnded: (signIn: SignInId) => void;
}

/** better-auth as this relay uses it. */
export interface AuthLibrary {
  handle(request: Request): Promise<Response>;
  /** The sign-in a request's cookie proves. */
  signInOf(headers: Headers): Promise<{ readonly id: string; readonly account: string; readonly expiresAt: number } | undefined>;
  /** Whose password the secret of a reset mail sets. */
  ownerOfReset(token: string): Promise<string | undefined>;
  /** Whether this is the account's password; false where it has none. */
  isPassword(account: string, password: string): Promise<boolean>;
}

/** The library over our tables, passwords, mails and origins. Everything it could take from a request it gets from us. */
export function createAuthLibrary(options: LibraryOptions): AuthLibrary {
  const auth = betterAuth(libraryOptions(options));
  return {
    handle: (request) =>
      options.watch.during(
        () => auth.handler(request),
        (answer) => !answer.ok,
      ),
    async signInOf(headers) {
      const ask = { headers, query: { disableRefresh: true, disableCookieCache: true } };
      const found = await options.watch.during(
        () => auth.api.getSession(ask),
        (session) => session === null,
      );
      if (found === null) return undefined;
      const { id, userId, expiresAt } = found.session;
      return { id, account: userId, expiresAt: expiresAt.getTime() };
    },
    async ownerOfReset(token) {
      const { internalAdapter } = await auth.$context;
      return (await internalAdapter.findVerificationValue(`reset-password:${token}`))?.value;
    },
    async isPassword(account, password) {
      const { internalAdapter } = await auth.$context;
      const hash = (await internalAdapter.findAccounts(account)).find(({ providerId }) => providerId === 'credential')?.password;
      return typeof hash === 'string' && options.passwords.verify(hash, password);
    },
  };
}

function libraryOptions(options: LibraryOptions): BetterAuthOptions {
  const { origins } = options;
  return {
    appName: 'Cacaw',
    baseURL: origins[0],
    basePath: authBase,
    secret: options.secret,
    database: options.database,
    trustedOrigins: [...origins],
    ...tableNames,
    user: {
      ...tableNames.user,
      additionalFields: {
        storageLimit: {
          type: 'number',
          fieldName: 'storage_limit',
          bigint: true,
          input: false,
          returned: false,
          defaultValue: () => options.storageLimit,
        },
      },
    },
    ...passwordsAndMails(options),
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: { ...user, name: await options.freeUsername(user.name) } }) } },
      session: { delete: { after: async ({ id }) => options.onSignInEnded(id as SignInId) } },
    },
    hooks: { before: refuseUsedCode(options) },
    plugins: [tokens(options), secondFactor(), passkeys(options)],
    // The relay's own limiter stands before the library.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // An outage is told by the door; it is no fault of the request.
    onAPIError: { throw: true },
    // What it says of refused requests is no fault, and may name people.
    logger: {
      level: 'error',
      log: (_level, message, ...details) => void (details[0] instanceof Error && options.onFault(message, details[0])),
    },
    advanced: advanced(options),
  };
}

/** The library takes a code as long as the app shows it, and a minute more; who read it over a shoulder comes too late. */
const refuseUsedCode = ({ claimCode }: LibraryOptions): ReturnType<typeof createAuthMiddleware> =>
  createAuthMiddleware(async (ctx) => {
    if (ctx.path !== '/two-factor/verify-totp') return;
    const { code } = ctx.body as { readonly code?: unknown };
    const account = (await getSessionFromCtx(ctx))?.user.id ?? (await challengedAccount(ctx));
    // What no app can show is refused by the library, and not remembered.
    if (typeof code !== 'string' || !/^\d{6}$/.test(code) || account === undefined) return;
    if (!(await claimCode(account as AccountId, code)))
      throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' });
  });

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** Who is in the middle of signing in, as the cookie after the password says. */
async function challengedAccount(ctx: HookContext): Promise<string | undefined> {
  const challenge = await ctx.getSignedCookie(ctx.context.createAuthCookie('two_factor').name, ctx.context.secret);
  if (typeof challenge !== 'string') return undefined;
  return (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value;
}

function passwordsAndMails({
  origins: [home],
  passwords,
  post,
}: LibraryOptions): Pick<BetterAuthOptions, 'emailAndPassword' | 'emailVerification'> {
  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength,
      maxPasswordLength,
      password: { hash: (password) => passwords.hash(password), verify: ({ hash, password }) => passwords.verify(hash, password) },
      resetPasswordTokenExpiresIn: resetMinutes * 60,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }) =>
        post({ to: user.email, kind: 'reset', data: { link: `${home}/reset-password#${token}`, validMinutes: resetMinutes } }),
      onExistingUserSignUp: async ({ user }) =>
        post({
          to: user.email,
          kind: 'exists',
          data: { signInLink: `${home}/sign-in` },
        }),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      expiresIn: verifyMinutes * 60,
      sendVerificationEmail: async ({ user, url, token }) =>
        post({
          to: user.email,
          kind: 'verify',
          data: { link: `${home}/verify-email${nextOf(url)}#${token}`, validMinutes: verifyMinutes },
        }),
    },
  };
}

const advanced = ({ isSecure, random, onFault }: LibraryOptions): NonNullable<BetterAuthOptions['advanced']> => ({
  cookiePrefix: 'cacaw',
  useSecureCookies: isSecure,
  disableCSRFCheck: false,
  disableOriginCheck: false,
  defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
  ipAddress: { ipAddressHeaders: [addressHeader] },
  database: { generateId: () => randomBase62(random, 22) },
  backgroundTasks: { handler: (task) => void task.catch((error: unknown) => onFault('a task of the accounts failed', error)) },
});

/** Where the page goes on to: a path of this relay, as the door has checked. */
function nextOf(url: string): string {
  const next = new URL(url).searchParams.get('callbackURL');
  return next === null || next === '/' ? '' : `?${new URLSearchParams({ next }).toString()}`;
}

const moments = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

const tableNames = {
  user: {
    modelName: 'profiles',
    fields: { name: 'username', email: 'email', emailVerified: 'email_verified', ...moments },
  },
  session: {
    modelName: 'sign_ins',
    fields: { userId: 'account', expiresAt: 'expires_at', ipAddress: 'address', userAgent: 'browser', ...moments },
    expiresIn: signInSeconds,
    updateAge: renewSeconds,
    freshAge: freshSeconds,
    cookieCache: { enabled: false },
  },
  account: {
    modelName: 'credentials',
    fields: {
      userId: 'account',
      accountId: 'subject',
      providerId: 'provider',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      ...moments,
    },
    accountLinking: { enabled: false },
  },
  verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...moments } },
} as const satisfies Partial<BetterAuthOptions>;
