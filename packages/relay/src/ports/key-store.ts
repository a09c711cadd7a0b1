import type { AccountId, CollectionId } from '@cacaw/protocol';

/** Names the key of an account; no collection id has a colon. */
export type AccountKeyId = `account:${string}`;
/** What has a key of its own: a collection or an account. */
export type KeyId = CollectionId | AccountKeyId;

/** The name of an account's key. */
export const accountKey = (account: AccountId): AccountKeyId => `account:${account}`;

/**
 * Keeps one 32-byte key per collection and per account outside the database. Guarantees, proven by `contracts/key-store.ts`:
 * whoever makes a key first, everybody reads that one; a key handed out is durable; a destroyed key never comes back.
 */
export interface KeyStore {
  /** The key of a collection or an account, made durable on first use. */
  make(id: KeyId): Promise<Uint8Array>;
  /** The key; undefined when there is none (never made, or destroyed by an erasure). */
  read(id: KeyId): Promise<Uint8Array | undefined>;
  destroy(id: KeyId): Promise<void>;
}
