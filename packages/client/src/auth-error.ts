import type { HttpFailure } from './relay-http.ts';

/**
 * Why something about an account could not be done. `offline` and `unreachable` (and `unavailable`, when the relay itself
 * cannot) pass by themselves; all others need the person.
 */
export type AuthErrorCode =
  | 'offline'
  | 'unreachable'
  | 'unavailable'
  | 'too-many-attempts'
  | 'wrong-credentials'
  | 'wrong-password'
  | 'wrong-code'
  | 'mail-not-verified'
  | 'bad-mail'
  | 'weak-password'
  | 'bad-username'
  | 'username-taken'
  | 'sign-up-closed'
  | 'link-expired'
  | 'signed-out'
  | 'sign-in-again'
  | 'second-factor-state'
  | 'passkey-unsupported'
  | 'passkey-cancelled'
  | 'passkey-known'
  | 'passkey-failed'
  | 'refused';

/** Something about an account could not be done; the message says what to do. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  /** Set when waiting this long is all there is to do. */
  readonly retryAfterSeconds: number | undefined;
  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number | undefined }) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

const words: { readonly [Code in AuthErrorCode]: string } = {
  offline: 'This device is offline. Try again when it is online.',
  unreachable: 'The server could not be reached. Try again in a moment.',
  unavailable: 'The server cannot do this right now. Try again in a moment.',
  'too-many-attempts': 'That was tried too often. Wait a few minutes, then try again.',
  'wrong-credentials': 'E-mail or password is wrong. Check both, or reset the password.',
  'wrong-password': 'The password is wrong. Type it again.',
  'wrong-code': 'The code is wrong or has been used. Take the next one.',
  'mail-not-verified': 'This e-mail address is not confirmed yet. Open the link in the mail about it.',
  'bad-mail': 'This is no e-mail address. Check it.',
  'weak-password': 'This password cannot be used. Choose one of 8 to 128 characters that is not easy to guess.',
  'bad-username': 'A username has 3 to 30 letters, digits, dots, dashes or underscores.',
  'username-taken': 'This username is taken. Choose another.',
  'sign-up-closed': 'This server lets nobody sign up without an invitation. Ask whoever runs it.',
  'link-expired': 'This link has been used or is too old. Ask for a new one.',
  'signed-out': 'You are signed out. Sign in again; your work is safe here.',
  'sign-in-again': 'For this, sign in again: the last time is too long ago.',
  'second-factor-state': 'The second factor is not in the state this needs. Reload the page.',
  'passkey-unsupported': 'This browser or address offers no passkeys. Use the password.',
  'passkey-cancelled': 'No passkey was used. Try again, or use the password.',
  'passkey-known': 'This device already has a passkey of this account.',
  'passkey-failed': 'The passkey was not accepted. Try again, or use the password.',
  refused: 'The server refused this.',
};

/** The error of `code`, in our words unless the relay's say more. */
export const authError = (code: AuthErrorCode, cause?: unknown): AuthError => new AuthError(code, words[code], { cause });

/** Stable codes of the relay, and of the library behind `/api/auth`, in our terms. */
const codes: { readonly [relay: string]: AuthErrorCode } = {
  unreachable: 'unreachable',
  unavailable: 'unavailable',
  internal: 'unavailable',
  'rate-limit': 'too-many-attempts',
  'wrong-credentials': 'wrong-credentials',
  INVALID_EMAIL_OR_PASSWORD: 'wrong-credentials',
  INVALID_PASSWORD: 'wrong-password',
  INVALID_EMAIL: 'bad-mail',
  INVALID_CODE: 'wrong-code',
  INVALID_BACKUP_CODE: 'wrong-code',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'too-many-attempts',
  ACCOUNT_TEMPORARILY_LOCKED: 'too-many-attempts',
  INVALID_TWO_FACTOR_COOKIE: 'sign-in-again',
  EMAIL_NOT_VERIFIED: 'mail-not-verified',
  PASSWORD_TOO_SHORT: 'weak-password',
  PASSWORD_TOO_LONG: 'weak-password',
  'weak-password': 'weak-password',
  PASSWORD_COMPROMISED: 'weak-password',
  USERNAME_IS_ALREADY_TAKEN: 'username-taken',
  USERNAME_ALREADY_EXISTS: 'username-taken',
  INVALID_USERNAME: 'bad-username',
  'username-taken': 'username-taken',
  'sign-up-closed': 'sign-up-closed',
  EMAIL_PASSWORD_SIGN_UP_DISABLED: 'sign-up-closed',
  'sign-up-needs-invite': 'sign-up-closed',
  USER_NOT_VERIFIED: 'passkey-failed',
  INVALID_TOKEN: 'link-expired',
  TOKEN_EXPIRED: 'link-expired',
  unauthenticated: 'signed-out',
  UNAUTHORIZED: 'signed-out',
  SESSION_EXPIRED: 'sign-in-again',
  SESSION_NOT_FRESH: 'sign-in-again',
  TOTP_NOT_ENABLED: 'second-factor-state',
  TOTP_ALREADY_ENABLED: 'second-factor-state',
  TWO_FACTOR_NOT_ENABLED: 'second-factor-state',
  PREVIOUSLY_REGISTERED: 'passkey-known',
  CHALLENGE_NOT_FOUND: 'passkey-failed',
  PASSKEY_NOT_FOUND: 'passkey-failed',
  AUTHENTICATION_FAILED: 'passkey-failed',
  FAILED_TO_VERIFY_REGISTRATION: 'passkey-failed',
};

/** The library speaks to developers; only what our own relay says is shown as it is. */
const isOurWord = (code: string): boolean => /^[a-z][a-z-]*$/.test(code);

/** What a failed request about the account means to a person. */
export function authErrorOf(failure: HttpFailure): AuthError {
  const code = codes[failure.code] ?? statusCode(failure.status);
  const { cause, detail, retryAfterSeconds } = failure;
  return new AuthError(code, isOurWord(failure.code) && detail !== '' ? detail : words[code], { cause, retryAfterSeconds });
}

function statusCode(status: number): AuthErrorCode {
  if (status === 401) return 'signed-out';
  if (status === 429) return 'too-many-attempts';
  return status >= 500 ? 'unavailable' : 'refused';
}
