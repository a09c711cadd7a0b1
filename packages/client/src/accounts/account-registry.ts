import type { DeviceStore } from '@cacaw/core/device';
import { randomBase62, type AccountId, type Json } from '@cacaw/protocol';
import type { BrowserEnvironment } from '../browser-environment.ts';
import type { Stop } from '../cacaw.ts';
import { AccountDatabases, type DatabasePorts } from './account-databases.ts';
import { databaseOf, enter, leave, readRecord, type KnownAccount, type RegistryRecord } from './registry-record.ts';

/** What a registry takes from its browser. */
export interface RegistryPorts extends DatabasePorts {
  /** Reaches the registries of other tabs, never this one. */
  readonly channel: { post(message: 'changed'): void; onMessage(listener: (message: 'changed') => void): Stop; close(): void };
  /** Somebody must look: databases could not be deleted, and it is tried again at the next start. */
  readonly onError: (error: unknown) => void;
}

/** Whose data this page shows, and where it lies. */
export interface Place {
  readonly database: string;
  /** Null: the local account. */
  readonly account: AccountId | null;
  /** '' for the local account, or when nobody knows. */
  readonly username: string;
  /** What the account's devices seal looks with: for the engine of this device, and for nobody else. */
  readonly lookKey?: string | undefined;
  /** Grows with each sign-in, also of the same account. */
  readonly entries: number;
}

/** Accounts kept on this browser and not shown: locked until their owner signs in again. */
export type LockedAccount = Pick<KnownAccount, 'account' | 'username'>;

/** Which database of this browser belongs to which account, and who is in; every tab of the browser shares it. */
export interface AccountRegistry {
  /** Where to open; makes a lost registry anew, with nobody signed in, and goes on with a wipe that was cut. */
  open(): Promise<Place>;
  /** What a sign-in or sign-out that was cut has left to do. */
  unfinished(): Promise<{ readonly isEntering: boolean; readonly owesSignOut: boolean }>;
  locked(): Promise<readonly LockedAccount[]>;
  /** To be called before a sign-in is asked for, so that one that is cut is found again. */
  begin(): Promise<void>;
  /** The sign-in came to nothing. */
  cancel(): Promise<void>;
  /**
   * Lets in whom the relay says is signed in; repeating it changes nothing. Without a database here the account takes the
   * local one over when that holds collections (`adopt`), or begins with an empty one.
   */
  enter(who: Pick<KnownAccount, 'account' | 'username' | 'lookKey'> & { readonly local: 'adopt' | 'leave' }): Promise<Place>;
  /** Shows the local account from now on. `wipe` also deletes the account's databases; resolves when they are verified gone. */
  leave(account: AccountId, local: 'keep' | 'wipe'): Promise<Place>;
  /** The relay has heard that nobody is signed in. */
  settleSignOut(): Promise<void>;
  /** Makes the registry anew from what the databases say: one of them was found to be somebody else's. */
  mend(): Promise<Place>;
  /** Called when another tab, or this one, changed where to open. */
  onChange(listener: (place: Place) => void): Stop;
  /** Looks for changes a sleeping tab may not have heard of. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** The registry's own database: beside those of the accounts, belonging to none. */
export const registryDatabase = 'CacawAccounts';

/** Opens the registry of this browser. */
export async function createAccountRegistry(ports: RegistryPorts): Promise<AccountRegistry> {
  return new StoredRegistry(ports, await ports.openStore(registryDatabase));
}

/** Opens the registry of the browser that `environment` stands for. */
export const openRegistry = (environment: BrowserEnvironment, onError: (error: unknown) => void): Promise<AccountRegistry> =>
  createAccountRegistry({
    random: environment.random,
    openStore: (name) => environment.openStore(name, onError),
    databases: () => environment.databases(),
    deleteDatabase: (name) => environment.deleteDatabase(name),
    channel: environment.openChannel('cacaw-accounts'),
    onError,
  });

const key = 'accounts';
const strict = { durability: 'strict' } as const;

/**
 * 1. The record is read, judged and replaced whole in one transaction, which fails when it is no longer the one judged.
 * 2. What a record names is there or is made by opening it; what it no longer names as an account's is wiped or marked so.
 */
class StoredRegistry implements AccountRegistry {
  readonly #ports: RegistryPorts;
  readonly #store: DeviceStore;
  readonly #databases: AccountDatabases;
  readonly #listeners = new Set<(place: Place) => void>();
  readonly #stopChannel: Stop;
  #told: string | undefined;

  constructor(ports: RegistryPorts, store: DeviceStore) {
    this.#ports = ports;
    this.#store = store;
    this.#databases = new AccountDatabases(ports);
    this.#stopChannel = ports.channel.onMessage(() => this.#look());
  }

  async open(): Promise<Place> {
    const record = await this.#record();
    if (record.wiping.length > 0) void this.#wipe().catch((error: unknown) => this.#ports.onError(error));
    return this.#tell(record);
  }

  async unfinished(): Promise<{ readonly isEntering: boolean; readonly owesSignOut: boolean }> {
    const { isEntering, owesSignOut } = await this.#record();
    return { isEntering, owesSignOut };
  }

  async locked(): Promise<readonly LockedAccount[]> {
    const { accounts, current } = await this.#record();
    return accounts.filter(({ account }) => account !== current).map(({ account, username }) => ({ account, username }));
  }

  async begin(): Promise<void> {
    await this.#change((record) => ({ ...record, isEntering: true }));
  }

  async cancel(): Promise<void> {
    await this.#change((record) => ({ ...record, isEntering: false }));
  }

  async enter({ account, username, lookKey, local }: Parameters<AccountRegistry['enter']>[0]): Promise<Place> {
    const fresh = (): string => randomBase62(this.#ports.random, 8);
    const foreign: string[] = [];
    for (;;) {
      const before = await this.#record();
      const adopts = local === 'adopt' && (await this.#databases.canAdopt(before.local, account));
      const after = enter(before, { account, username, lookKey, adopts, foreign, fresh });
      const database = databaseOf(after);
      // Before anybody is told: an account that came in and does not sync would look like one that has nothing.
      if (!(await this.#databases.prepare(database, account))) {
        foreign.push(database);
        await this.mend();
      } else if (await this.#swap(before, after)) {
        await this.#databases.take(database, account);
        return this.#tell(after);
      }
    }
  }

  async leave(account: AccountId, local: 'keep' | 'wipe'): Promise<Place> {
    const record = await this.#change((before) => leave(before, account, local));
    if (local === 'wipe') await this.#wipe();
    return placeOf(record);
  }

  async settleSignOut(): Promise<void> {
    await this.#change((record) => ({ ...record, owesSignOut: false }));
  }

  async mend(): Promise<Place> {
    const stored = await this.#stored();
    const wiping = readRecord(stored)?.wiping ?? [];
    const made = await this.#databases.record(wiping);
    if (await this.#swap(stored, made)) return this.#tell(made);
    return this.#tell(await this.#record());
  }

  onChange(listener: (place: Place) => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(): Promise<void> {
    this.#tell(await this.#record());
  }

  async close(): Promise<void> {
    this.#stopChannel();
    this.#listeners.clear();
    this.#ports.channel.close();
    await this.#store.close();
  }

  #look(): void {
    this.refresh().catch((error: unknown) => this.#ports.onError(error));
  }

  async #record(): Promise<RegistryRecord> {
    for (;;) {
      const stored = await this.#stored();
      const record = readRecord(stored);
      if (record !== undefined) return record;
      const made = await this.#databases.record([]);
      if (await this.#swap(stored, made)) return made;
    }
  }

  async #stored(): Promise<Json | undefined> {
    return (await this.#store.read(['settings'], (tx) => tx.get('settings', key)))?.value;
  }

  /** Applies `change` to whatever is stored by then, and tells everybody. */
  async #change(change: (record: RegistryRecord) => RegistryRecord): Promise<RegistryRecord> {
    for (;;) {
      const before = await this.#record();
      const after = change(before);
      if (!(await this.#swap(before, after))) continue;
      this.#tell(after);
      return after;
    }
  }

  /** Invariant 1. */
  async #swap(expected: unknown, after: RegistryRecord): Promise<boolean> {
    const isSwapped = await this.#store.write(
      ['settings'],
      async (tx) => {
        const stored = (await tx.get('settings', key))?.value;
        if (!isSameRecord(stored, expected)) return false;
        tx.put('settings', { key, value: after as unknown as Json });
        return true;
      },
      strict,
    );
    if (isSwapped) this.#ports.channel.post('changed');
    return isSwapped;
  }

  #tell(record: RegistryRecord): Place {
    const place = placeOf(record);
    const text = JSON.stringify(place);
    const isNews = this.#told !== undefined && this.#told !== text;
    this.#told = text;
    if (isNews) for (const listener of this.#listeners) listener(place);
    return place;
  }

  async #wipe(): Promise<void> {
    for (const database of (await this.#record()).wiping) {
      await this.#databases.wipe(database);
      await this.#change((record) => ({ ...record, wiping: record.wiping.filter((name) => name !== database) }));
    }
  }
}

const placeOf = (record: RegistryRecord): Place => {
  const { current, accounts, entries } = record;
  const { username = '', lookKey } = accounts.find(({ account }) => account === current) ?? {};
  return { database: databaseOf(record), account: current, username, lookKey, entries };
};

const isSameRecord = (one: unknown, other: unknown): boolean =>
  JSON.stringify(readRecord(one) ?? one) === JSON.stringify(readRecord(other) ?? other);
