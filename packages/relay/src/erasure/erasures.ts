import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { ErasureLedger } from '../ports/erasure-ledger.ts';
import type { KeyStore } from '../ports/key-store.ts';

/** What erasing is made of; each part may run again without harm. */
export interface ErasurePorts {
  readonly ledger: ErasureLedger;
  readonly keys: Pick<KeyStore, 'destroy'>;
  /** Deletes the rows of collections and marks them gone; tells which were not gone before. */
  readonly eraseCollections: (collections: readonly CollectionId[]) => Promise<readonly CollectionId[]>;
  /** Deletes the rows of an account and destroys its key. */
  readonly eraseAccount: (account: AccountId) => Promise<void>;
}

/**
 * Erasing for good. In this order: the ledger, the key, the rows. Once the ledger has it, a crash at any moment and a database
 * restored from any backup end in the same state; once the key is gone, no copy of the bytes anywhere can be read.
 */
export interface Erasures {
  /** Returns those that were not erased before. */
  eraseCollections(collections: readonly CollectionId[]): Promise<readonly CollectionId[]>;
  eraseAccount(account: AccountId): Promise<void>;
  /** Before a relay opens: everything the ledger names is erased, whatever the database says. */
  applyLedger(): Promise<void>;
}

const batchSize = 500;

/** Erasures over the given ports. */
export function createErasures(ports: ErasurePorts): Erasures {
  const { ledger, keys } = ports;
  const destroyAll = async (collections: readonly CollectionId[]): Promise<void> => {
    for (const id of collections) await keys.destroy(id);
  };
  return {
    async eraseCollections(collections) {
      for (const id of collections) await ledger.note({ kind: 'collection', id });
      await destroyAll(collections);
      return ports.eraseCollections(collections);
    },
    async eraseAccount(account) {
      await ledger.note({ kind: 'account', id: account });
      await ports.eraseAccount(account);
    },
    async applyLedger() {
      const entries = await ledger.entries();
      const collections = entries.flatMap((entry) => (entry.kind === 'collection' ? [entry.id] : []));
      for (let from = 0; from < collections.length; from += batchSize) {
        const batch = collections.slice(from, from + batchSize);
        await destroyAll(batch);
        await ports.eraseCollections(batch);
      }
      for (const entry of entries) if (entry.kind === 'account') await ports.eraseAccount(entry.id);
    },
  };
}
