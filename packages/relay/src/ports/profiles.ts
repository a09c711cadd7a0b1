import type { AccountId } from '@cacaw/protocol';

/** Who an account is on this relay. */
export interface Profile {
  readonly account: AccountId;
  readonly email: string;
  readonly emailVerified: boolean;
  /** As others see it; no two are the same, capitals aside. */
  readonly username: string;
  readonly createdAt: Date;
  readonly isOperator: boolean;
  readonly tier: string;
  readonly storageUsed: number;
  readonly storageLimit: number;
  readonly hasSecondFactor: boolean;
}

/** What an account has used of its tier, beside storage. */
export interface AccountUse {
  readonly collections: number;
  readonly detectionsThisMonth: number;
  readonly hasPassword: boolean;
  /** It runs this relay, and nobody else does. */
  readonly isOnlyOperator: boolean;
}

/**
 * Keeps one profile per account. Guarantees (rules U3, U4, U43, U46): nothing that names a person stands in the clear; a
 * username belongs to one account; the last operator stays one; an erased account reads as if it had never been.
 */
export interface Profiles {
  read(account: AccountId): Promise<Profile | undefined>;
  /** Those of the named accounts that exist, in one question. */
  readAll(accounts: readonly AccountId[]): Promise<readonly Profile[]>;
  /** The account that signs in with this e-mail. */
  byEmail(email: string): Promise<AccountId | undefined>;
  use(account: AccountId, now: Date): Promise<AccountUse>;
  /** A page of all accounts, oldest first, after a given one. */
  list(page: { readonly after: AccountId | undefined; readonly limit: number }): Promise<readonly Profile[]>;
  isUsernameFree(username: string): Promise<boolean>;
  rename(account: AccountId, username: string): Promise<'renamed' | 'taken' | 'unknown'>;
  setTier(account: AccountId, tier: { readonly name: string; readonly storage: number }): Promise<'set' | 'unknown'>;
  setOperator(account: AccountId, isOperator: boolean): Promise<'set' | 'last' | 'unknown'>;
  /** Removes the profile with all that hangs on it and destroys the account's key, after which no backup tells who it was. */
  erase(account: AccountId): Promise<void>;
}
