import { emailField, isShowable, usernameField } from '@cacaw/protocol/http';
import * as v from 'valibot';
import type { SecurityEvent } from '../ports/mailer.ts';
import type { LimitName } from '../ports/rate-limiter.ts';

/** One operation of the library that this relay offers; what is not listed does not exist. */
export interface AuthPath {
  readonly method: 'GET' | 'POST';
  /** Counted per address, and per e-mail when the body names one. */
  readonly limit: LimitName;
  /** What the body must hold; other fields of it are dropped. Without a schema the library's own is the only one. */
  readonly body?: v.GenericSchema<unknown, AuthBody> | undefined;
  /** Answers leave at multiples of this many milliseconds, so that their time says nothing about who has an account. */
  readonly answersEveryMs?: number | undefined;
  /** What its owner is told by mail after it was done. */
  readonly tells?: SecurityEvent | undefined;
}

/** What the door itself looks at in a body. */
export interface AuthBody {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly currentPassword?: string | undefined;
  readonly newPassword?: string | undefined;
  readonly token?: string | undefined;
  readonly invite?: string | undefined;
  readonly rememberMe?: boolean | undefined;
  readonly callbackURL?: string | undefined;
}

// Lengths beyond what a password may have, so that the answer can say what is wrong with it.
const password = v.pipe(
  v.string('a password is text'),
  v.nonEmpty('a password is missing'),
  v.maxLength(1000, 'a password is shorter'),
  v.check(isShowable, 'a password has no control characters'),
);
const secret = v.pipe(v.string(), v.maxLength(2000), v.regex(/^[\w.~+/=-]+$/, 'this is no token of ours'));

/** Where a mail's link goes on to: a page of this relay, never another site. */
const next = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\/(?![/\\])[^\s\\]{0,500}$/, 'a page to go on to is a path of this relay'),
    v.check(isShowable, 'a path has no control characters'),
  ),
);

const signUp = v.object({ name: usernameField, email: emailField, password, invite: v.optional(secret), callbackURL: next });
const signIn = v.object({ email: emailField, password, rememberMe: v.optional(v.boolean()) });
const email = v.object({ email: emailField });
const verification = v.object({ email: emailField, callbackURL: next });
const token = v.object({ token: secret });
const reset = v.object({ token: secret, newPassword: password });
const change = v.object({ currentPassword: password, newPassword: password });

const read = { method: 'GET', limit: 'api' } as const;
const write = { method: 'POST', limit: 'api' } as const;
const guess = { method: 'POST', limit: 'sign-in' } as const;

/** Everything under `/api/auth`. */
export const authPaths: { readonly [path: string]: AuthPath } = {
  '/sign-up/email': { method: 'POST', limit: 'sign-up', body: signUp, answersEveryMs: 500 },
  '/sign-in/email': { ...guess, body: signIn, answersEveryMs: 250 },
  '/sign-out': write,
  '/get-session': read,
  '/token': read,
  '/list-sessions': read,
  '/revoke-session': { ...write, body: token },
  '/revoke-sessions': { ...write, tells: 'signed-out-everywhere' },
  '/revoke-other-sessions': write,
  '/change-password': { ...guess, body: change, tells: 'password-changed' },
  '/request-password-reset': { method: 'POST', limit: 'reset', body: email, answersEveryMs: 500 },
  '/reset-password': { ...guess, body: reset, tells: 'password-reset' },
  // The library waits 500 ms by itself.
  '/send-verification-email': { method: 'POST', limit: 'reset', body: verification, answersEveryMs: 750 },
  '/verify-email': { ...guess, body: token },
  '/two-factor/enable': guess,
  '/two-factor/disable': { ...guess, tells: 'second-factor-off' },
  '/two-factor/get-totp-uri': guess,
  '/two-factor/verify-totp': guess,
  '/two-factor/verify-backup-code': guess,
  '/two-factor/generate-backup-codes': { ...guess, tells: 'recovery-codes-made' },
  '/passkey/generate-register-options': read,
  '/passkey/verify-registration': { ...write, tells: 'passkey-added' },
  '/passkey/generate-authenticate-options': read,
  '/passkey/verify-authentication': guess,
  '/passkey/list-user-passkeys': read,
  '/passkey/delete-passkey': { ...write, tells: 'passkey-removed' },
  '/passkey/update-passkey': write,
};
