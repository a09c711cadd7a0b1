import type { AccountId } from '@cacaw/protocol';

/** The first local account's database. */
export const firstDatabase = 'CacawInventory';

/** An account that has a database on this browser. */
export interface KnownAccount {
  readonly account: AccountId;
  /** As it was called at the last sign-in; '' when nobody knows. */
  readonly username: string;
  readonly database: string;
  /** What its devices seal looks with, as long as it is signed in here. */
  readonly lookKey?: string | undefined;
}

/** What this browser knows about accounts: which database is whose, and who is in. Written whole, in one transaction. */
export interface RegistryRecord {
  /** Null: the local account. */
  readonly current: AccountId | null;
  /** The local account's database. */
  readonly local: string;
  readonly accounts: readonly KnownAccount[];
  /** Databases that are to be deleted, and may be partly. */
  readonly wiping: readonly string[];
  /** A sign-in was begun on this browser and nobody has come in since: its cookie may exist. */
  readonly isEntering: boolean;
  /** Somebody has left and the relay may not have heard of it: their cookie may still exist. */
  readonly owesSignOut: boolean;
  /** Counts sign-ins, so that signing in again as the same account is a change others hear of. */
  readonly entries: number;
}

/** True for the id of an account that signed up; a guest's is another. */
export const isAccountId = (value: unknown): value is AccountId => typeof value === 'string' && /^[0-9A-Za-z]{22}$/.test(value);

/** True for a device database's own name: those of free documents stand beside them. */
export const isDeviceDatabase = (value: unknown): value is string =>
  typeof value === 'string' && /^CacawInventory(?:\.[0-9A-Za-z-]+)?$/.test(value);

const isKnownAccount = (value: unknown): value is KnownAccount => {
  const { account, username, database } = fieldsOf(value);
  return isAccountId(account) && typeof username === 'string' && isDeviceDatabase(database);
};

const isListOf = <Each>(value: unknown, is: (each: unknown) => each is Each): value is readonly Each[] =>
  Array.isArray(value) && value.every(is);

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : {};

// Every page reads this before anything else: four checks cost it less than a library.
/** Undefined for anything this app did not write: such a registry is made anew from what the databases say. */
export function readRecord(stored: unknown): RegistryRecord | undefined {
  const { current, local, accounts, wiping, isEntering, owesSignOut, entries } = fieldsOf(stored);
  if (!isDeviceDatabase(local) || !isListOf(accounts, isKnownAccount) || !isListOf(wiping, isDeviceDatabase)) return undefined;
  if (typeof isEntering !== 'boolean' || typeof owesSignOut !== 'boolean' || typeof entries !== 'number') return undefined;
  if (current !== null && !accounts.some(({ account }) => account === current)) return undefined;
  const names = [local, ...accounts.map(({ database }) => database), ...wiping];
  if (new Set(names).size < names.length) return undefined;
  return { current: current as AccountId | null, local, accounts, wiping, isEntering, owesSignOut, entries };
}

/** A browser nobody has signed in on. */
export const newRecord = (local: string, accounts: readonly KnownAccount[] = []): RegistryRecord => ({
  current: null,
  local,
  accounts,
  wiping: [],
  isEntering: false,
  owesSignOut: false,
  entries: 0,
});

/** Somebody who signed in. */
export interface Entering {
  readonly account: AccountId;
  readonly username: string;
  readonly lookKey?: string | undefined;
  /** The local account's database becomes theirs. */
  readonly adopts: boolean;
  /** Databases found to be somebody else's. */
  readonly foreign: readonly string[];
  /** Makes names nobody has used. */
  readonly fresh: () => string;
}

/** Lets an account in: with the database it has here, with the local account's, or with a new one. Nobody else's key stays. */
export function enter(record: RegistryRecord, entering: Entering): RegistryRecord {
  const { account, username, lookKey, adopts, fresh } = entering;
  const known = record.accounts.find((one) => one.account === account);
  const isAdopted = known === undefined && adopts;
  const database = known?.database ?? (isAdopted ? record.local : newDatabase(record, entering));
  return {
    ...record,
    current: account,
    local: isAdopted ? `${firstDatabase}.local-${fresh()}` : record.local,
    accounts: [...record.accounts.filter((one) => one.account !== account).map(withoutKey), { account, username, database, lookKey }],
    isEntering: false,
    owesSignOut: false,
    entries: record.entries + 1,
  };
}

/** The local account is shown from now on; the account's database is locked, or marked for deletion, and its key forgotten. */
export function leave(record: RegistryRecord, account: AccountId, local: 'keep' | 'wipe'): RegistryRecord {
  const gone = record.accounts.filter((one) => local === 'wipe' && one.account === account);
  return {
    ...record,
    current: record.current === account ? null : record.current,
    owesSignOut: record.owesSignOut || record.current === account,
    accounts: record.accounts.filter((one) => !gone.includes(one)).map((one) => (one.account === account ? withoutKey(one) : one)),
    wiping: [...record.wiping, ...gone.map(({ database }) => database)],
  };
}

const withoutKey = ({ account, username, database }: KnownAccount): KnownAccount => ({ account, username, database });

/** A database of that name may still be there half deleted, or be somebody else's. */
function newDatabase({ wiping, accounts }: RegistryRecord, { account, foreign, fresh }: Entering): string {
  const database = `${firstDatabase}.${account}`;
  const taken = [...wiping, ...foreign, ...accounts.map((one) => one.database)];
  return taken.includes(database) ? `${database}-${fresh()}` : database;
}

/** The current account's database. */
export const databaseOf = ({ current, local, accounts }: RegistryRecord): string =>
  accounts.find(({ account }) => account === current)?.database ?? local;

/** True for a device database and the free documents beside it, false for everybody else's. */
export function belongsTo(name: string, database: string): boolean {
  return name === database || (name.startsWith(`${database}.`) && /^[0-9A-Za-z]{22}\.free\./.test(name.slice(database.length + 1)));
}
