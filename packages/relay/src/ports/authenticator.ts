import type { AccountId, Credential } from '@cacaw/protocol';

declare const brand: unique symbol;
/** Names one sign-in of an account; ended by signing out. */
export type SignInId = string & { readonly [brand]: 'SignInId' };

/** Who is calling, proven. */
export interface Identity {
  readonly account: AccountId;
  /** `guest`: a device without an account, known by its own secret only. */
  readonly kind: 'account' | 'guest';
  /** The sign-in the credential belongs to; a guest has none. */
  readonly signIn?: SignInId | undefined;
  /** When the credential ends, in Unix milliseconds; undefined for one that never does. */
  readonly expiresAt?: number | undefined;
}

/** Says who is calling. Guarantees, proven by `authenticatorContract`: what proves nothing is undefined, never an error. */
export interface Authenticator {
  identify(credential: Credential): Promise<Identity | undefined>;
  /** Who sends an HTTP request: by a bearer token, or by the session cookie of the relay's own origin. */
  identifyRequest(headers: Headers): Promise<Identity | undefined>;
  /** Of the named sign-ins those that have ended: signed out, expired, or their account erased or disabled. */
  ended(signIns: readonly SignInId[]): Promise<readonly SignInId[]>;
}
