import { createHash } from 'node:crypto';
import type { AccountId, WireRole } from '@cacaw/protocol';

const rank: { readonly [role in WireRole | 'none']: number } = { none: 0, viewer: 1, editor: 2, owner: 3 };

/** True when `role` may do what needs `least`. */
export const isAtLeast = (role: WireRole | 'none', least: WireRole | 'none'): boolean => rank[role] >= rank[least];

/** The one of two roles that may do more. */
export const betterRole = (one: WireRole | 'none', other: WireRole | 'none'): WireRole | 'none' => (isAtLeast(one, other) ? one : other);

/** Who a device without an account is: the hash of its secret. */
export const guestOf = (secret: Uint8Array): AccountId => createHash('sha256').update(secret).digest('base64url') as AccountId;

/** A device without an account is known by the 43 characters of its secret's hash; accounts have 22. */
export const isGuestAccount = (account: AccountId): boolean => account.length === 43;
