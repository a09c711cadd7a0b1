import type { CollectionId } from '@cacaw/protocol';

/**
 * Keeps one 32-byte key per collection outside the database. Guarantees, proven by `contracts/key-store.ts`: whoever makes
 * a key first, everybody reads that one; a key handed out is durable; a destroyed key never comes back.
 */
export interface KeyStore {
  /** The collection's key, made durable on first use. */
  make(collection: CollectionId): Promise<Uint8Array>;
  /** The collection's key; undefined when there is none (never made, or destroyed by an erasure). */
  read(collection: CollectionId): Promise<Uint8Array | undefined>;
  destroy(collection: CollectionId): Promise<void>;
}
