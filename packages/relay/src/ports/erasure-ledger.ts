import type { AccountId, CollectionId } from '@cacaw/protocol';

/** What was erased for good. */
export type Erased = { readonly kind: 'collection'; readonly id: CollectionId } | { readonly kind: 'account'; readonly id: AccountId };

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
