import { ownerOf, StoreError, takeOwnership, type DeviceStore } from '@cacaw/core/device';
import { randomBase62, type AccountId, type Random } from '@cacaw/protocol';
import { allowSync } from '../network-mode.ts';
import {
  belongsTo,
  firstDatabase,
  isAccountId,
  isDeviceDatabase,
  newRecord,
  type KnownAccount,
  type RegistryRecord,
} from './registry-record.ts';

/** The databases of a browser. */
export interface DatabasePorts {
  readonly random: Random;
  /** Opens a device database, made on first use. */
  openStore(name: string): Promise<DeviceStore>;
  databases(): Promise<readonly string[]>;
  /** Resolves once it is deleted. */
  deleteDatabase(name: string): Promise<void>;
}

/** What the databases of this browser say about themselves: whose they are, whatever a registry may have lost. */
export class AccountDatabases {
  readonly #ports: DatabasePorts;

  constructor(ports: DatabasePorts) {
    this.#ports = ports;
  }

  /** A record from nothing but the databases: nobody is signed in, nobody's data is the local account's. */
  async record(wiping: readonly string[]): Promise<RegistryRecord> {
    const accounts: KnownAccount[] = [];
    const unowned: string[] = [];
    const isTaken = new Set<AccountId>();
    for (const database of (await this.#ports.databases()).filter((name) => isDeviceDatabase(name) && !wiping.includes(name)).toSorted()) {
      const account = await this.#with(database, ownerOf);
      if (account === null) unowned.push(database);
      else if (!isTaken.has(account) && isAccountId(account)) accounts.push({ account, username: '', database });
      if (account !== null) isTaken.add(account);
    }
    const isFirstTaken = accounts.some(({ database }) => database === firstDatabase) || wiping.includes(firstDatabase);
    const fresh = isFirstTaken ? `${firstDatabase}.local-${randomBase62(this.#ports.random, 8)}` : firstDatabase;
    const made = newRecord(unowned.find(isLocalName) ?? fresh, accounts);
    return { ...made, wiping };
  }

  /** Lets the database sync unless its owner said no; false when it is another account's. */
  prepare(database: string, account: AccountId): Promise<boolean> {
    return this.#with(database, async (store) => {
      const owner = await ownerOf(store);
      if (owner !== null && owner !== account) return false;
      await allowSync(store);
      return true;
    });
  }

  /** True when it holds collections and is nobody else's. */
  canAdopt(database: string, account: AccountId): Promise<boolean> {
    return this.#with(database, async (store) => {
      const owner = await ownerOf(store);
      return (owner === null || owner === account) && (await store.read(['collections'], (tx) => tx.count('collections', {}))) > 0;
    });
  }

  /** From now on it says that it is the account's. */
  take(database: string, account: AccountId): Promise<void> {
    return this.#with(database, (store) => takeOwnership(store, account));
  }

  /** Deletes a device database and what stands beside it; resolves when they are verified gone. */
  async wipe(database: string): Promise<void> {
    const ports = this.#ports;
    const isOfIt = (name: string): boolean => belongsTo(name, database);
    // The device database last: while it is there, what stands beside it is still known to be somebody's.
    const beside = (await ports.databases()).filter((name) => isOfIt(name) && name !== database);
    for (const name of [...beside, database]) await ports.deleteDatabase(name);
    const left = (await ports.databases()).filter(isOfIt);
    if (left.length > 0) {
      const message = `${left.length} databases of an account that was removed are still on this device. Close other tabs of this app; it goes on at the next start.`;
      throw new StoreError('blocked', message);
    }
  }

  async #with<T>(database: string, use: (store: DeviceStore) => Promise<T>): Promise<T> {
    const store = await this.#ports.openStore(database);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }
}

/** A database that an account was to have and has never opened is nobody's; it is not the local account's either. */
const isLocalName = (database: string): boolean => database === firstDatabase || database.startsWith(`${firstDatabase}.local-`);
