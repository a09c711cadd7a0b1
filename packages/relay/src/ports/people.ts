import type { AccountId } from '@cacaw/protocol';

/** What others may learn of an account. */
export interface Person {
  readonly username: string;
  /** Told by routes to the owner of a shared collection and to the account itself only. */
  readonly email: string;
}

/** Says who accounts are. Guarantees: one look for any number of them; guests, erased and unknown accounts are left out. */
export interface People {
  describe(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Person>>;
}
