import type { AccountId } from '@cacaw/protocol';

/** How much an account may own and share; null means no limit. */
export interface SharingLimits {
  /** The tier's name, as people read it. */
  readonly name: string;
  /** Collections an account may own. */
  readonly collections: number | null;
  /** Members with an account in one collection, its owner included. */
  readonly members: number | null;
}

/** Says what the tier of an account allows; a device without an account has the limits of the smallest tier. */
export interface OwnerLimits {
  limitsOf(account: AccountId): Promise<SharingLimits>;
}

/** OwnerLimits that limit nothing. */
export const noLimits: OwnerLimits = {
  limitsOf: () => Promise.resolve({ name: 'unlimited', collections: null, members: null }),
};
