import type { AccountId } from '@cacaw/protocol';
import type { SignInId } from './authenticator.ts';

/** A sign-in that lives: not signed out, not expired, its account not erased. */
export interface SignIn {
  readonly id: SignInId;
  readonly account: AccountId;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** A public key that tokens are signed with, as a JSON Web Key. */
export interface SigningKey {
  readonly id: string;
  readonly publicKey: string;
  /** When a new key takes over, in Unix milliseconds; what it signed before stays good until it ends. */
  readonly expiresAt: number;
}

/** What the authenticator asks of the database. */
export interface SignIns {
  find(id: SignInId): Promise<SignIn | undefined>;
  /** The sign-in of a browser's session cookie; undefined when it proves nothing. */
  ofCookie(headers: Headers): Promise<SignIn | undefined>;
  /** Of the named sign-ins those that live no more, in one question. */
  ended(ids: readonly SignInId[]): Promise<readonly SignInId[]>;
  /** Every key that tokens may still be signed with. */
  signingKeys(): Promise<readonly SigningKey[]>;
}
