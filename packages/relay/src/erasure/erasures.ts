import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { ErasedAccount, ErasureLedger, Heir } from '../ports/erasure-ledger.ts';
import type { KeyStore } from '../ports/key-store.ts';

/** A collection an account owns, and who would own it next. */
export interface OwnedCollection {
  readonly collection: CollectionId;
  /** The account that has been in it longest, editors before viewers; undefined when nobody else with an account is. */
  readonly successor: AccountId | undefined;
}

/** Erases what is kept of accounts; each part may run again without harm. */
export interface AccountRows {
  /** Makes the heirs owners where the account still is and they are in. */
  handOver(from: AccountId, heirs: readonly Heir[]): Promise<void>;
  owned(account: AccountId): Promise<readonly OwnedCollection[]>;
  /** Takes the account out of every collection: the log goes on naming a member nobody knows. Tells where it was. */
  leave(account: AccountId): Promise<readonly CollectionId[]>;
  /** Removes mails to and about it; needs its profile. */
  forgetMail(account: AccountId): Promise<void>;
  /** Deletes its rows, ends its sign-ins and destroys its key. */
  erase(account: AccountId): Promise<void>;
  /** Of the named accounts those that anything is left of. */
  remaining(accounts: readonly AccountId[]): Promise<readonly AccountId[]>;
}

/** What erasing is made of. */
export interface ErasurePorts {
  readonly ledger: ErasureLedger;
  readonly keys: Pick<KeyStore, 'destroy'>;
  /** Deletes the rows of collections and marks them gone; tells which were not gone before. */
  readonly eraseCollections: (collections: readonly CollectionId[]) => Promise<readonly CollectionId[]>;
  /** Deletes every photo, thumbnail, file and piece of them; what cannot be reached now is left to the daily cleaning. Never rejects. */
  readonly eraseBlobs: (collection: CollectionId) => Promise<void>;
  readonly accounts: AccountRows;
  /** Called with collections that are gone or have lost a member; resolves when live devices have had time to hear of it. */
  readonly tell: (collections: readonly CollectionId[]) => Promise<void>;
}

/**
 * Erasing for good. In this order: the ledger, the key, the rows. Once the ledger has it, a crash at any moment and a database
 * restored from any backup end in the same state; once the key is gone, no copy of the bytes anywhere can be read.
 */
export interface Erasures {
  /** Returns those that were not erased before. */
  eraseCollections(collections: readonly CollectionId[]): Promise<readonly CollectionId[]>;
  eraseAccount(account: Omit<ErasedAccount, 'kind'>): Promise<void>;
  /** Before a relay opens: everything the ledger names is erased, whatever the database says. */
  applyLedger(): Promise<void>;
}

const batchSize = 500;

/** Erasures over the given ports. */
export function createErasures(ports: ErasurePorts): Erasures {
  return new LedgerFirst(ports);
}

/** Erases an account whose owner was not asked: what it owned goes to whoever is in it longest. */
export const eraseByRule = (erasures: Pick<Erasures, 'eraseAccount'>, account: AccountId): Promise<void> =>
  erasures.eraseAccount({ id: account, heirs: [], collections: [] });

class LedgerFirst implements Erasures {
  readonly #ports: ErasurePorts;

  constructor(ports: ErasurePorts) {
    this.#ports = ports;
  }

  async eraseCollections(collections: readonly CollectionId[]): Promise<readonly CollectionId[]> {
    for (const id of collections) await this.#ports.ledger.note({ kind: 'collection', id });
    await this.#destroyKeys(collections);
    return this.#eraseContent(collections);
  }

  async eraseAccount(erased: Omit<ErasedAccount, 'kind'>): Promise<void> {
    await this.#ports.ledger.note({ kind: 'account', ...erased });
    await this.#finish(erased, this.#ports.tell);
  }

  async applyLedger(): Promise<void> {
    const entries = await this.#ports.ledger.entries();
    const collections = entries.flatMap((entry) => (entry.kind === 'collection' ? [entry.id] : []));
    for (let from = 0; from < collections.length; from += batchSize) {
      const batch = collections.slice(from, from + batchSize);
      await this.#destroyKeys(batch);
      // Those that are erased already have no blobs: rows go after them.
      for (const id of await this.#ports.eraseCollections(batch)) await this.#ports.eraseBlobs(id);
    }
    // One after the other, as they were erased: what somebody inherited may have been handed on when they left.
    const accounts = entries.flatMap((entry) => (entry.kind === 'account' ? [entry] : []));
    for (let from = 0; from < accounts.length; from += batchSize) {
      const batch = accounts.slice(from, from + batchSize);
      const left = new Set(await this.#ports.accounts.remaining(batch.map(({ id }) => id)));
      for (const entry of batch) if (left.has(entry.id)) await this.#finish(entry, () => Promise.resolve());
    }
  }

  /** Everything after the ledger; may begin again at any step. Collections first: their devices must hear why before their sign-in ends. */
  async #finish({ id, heirs, collections }: Omit<ErasedAccount, 'kind'>, tell: ErasurePorts['tell']): Promise<void> {
    const { accounts } = this.#ports;
    await accounts.handOver(id, heirs);
    const owned = (await accounts.owned(id)).filter(({ collection }) => !collections.includes(collection));
    await accounts.handOver(
      id,
      owned.flatMap(({ collection, successor }) => (successor === undefined ? [] : [{ collection, account: successor }])),
    );
    const alone = owned.flatMap(({ collection, successor }) => (successor === undefined ? [collection] : []));
    const doomed = [...collections, ...alone];
    await this.eraseCollections(doomed);
    const left = await accounts.leave(id);
    await tell([...new Set([...doomed, ...left])]);
    await accounts.forgetMail(id);
    await accounts.erase(id);
  }

  /** Blobs before the rows, so that an erasure that is cut begins again with them; and after, for what came until then. */
  async #eraseContent(collections: readonly CollectionId[]): Promise<readonly CollectionId[]> {
    for (const id of collections) await this.#ports.eraseBlobs(id);
    const erased = await this.#ports.eraseCollections(collections);
    for (const id of collections) await this.#ports.eraseBlobs(id);
    return erased;
  }

  async #destroyKeys(collections: readonly CollectionId[]): Promise<void> {
    for (const id of collections) await this.#ports.keys.destroy(id);
  }
}
