import type { AccountId, CollectionId } from '@cacaw/protocol';

/** Who gets a collection whose owner is erased. */
export interface Heir {
  readonly collection: CollectionId;
  readonly account: AccountId;
}

/** An account that leaves, with what becomes of the collections it owned. */
export interface ErasedAccount {
  readonly kind: 'account';
  readonly id: AccountId;
  readonly heirs: readonly Heir[];
  /** Erased with it. What is named in neither goes to whoever has been in it longest, or is erased when nobody else is. */
  readonly collections: readonly CollectionId[];
}

/** What was erased for good. */
export type Erased = { readonly kind: 'collection'; readonly id: CollectionId } | ErasedAccount;

/** One entry of the ledger. */
export type LedgerEntry = Erased & { readonly at: number };

/**
 * Remembers what was erased, outside the database: ids and moments only. A database restored from before an erasure is erased
 * again before the relay opens, and an erasure that was interrupted is finished. Guarantees, proven by
 * `erasureLedgerContract`: an entry is durable when `note` resolves; entries are never lost, changed or taken back.
 */
export interface ErasureLedger {
  /** Written before anything is erased. Noting the same again adds nothing. */
  note(erased: Erased): Promise<void>;
  /** Everything ever noted, oldest first. */
  entries(): Promise<readonly LedgerEntry[]>;
}
