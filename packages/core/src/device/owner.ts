import type { AccountId } from '@cacaw/protocol';
import { StoreError, type DeviceStore } from './store.ts';

const key = 'owner';

/** Whose a device database is, as it says itself; null while no account has ever opened it: the local account's. */
export async function ownerOf(store: DeviceStore): Promise<AccountId | null> {
  const stored = await store.read(['settings'], (tx) => tx.get('settings', key));
  if (stored === undefined) return null;
  // Whatever else stands there belongs to somebody we cannot name: nobody is let in.
  return (typeof stored.value === 'string' && stored.value !== '' ? stored.value : 'unreadable') as AccountId;
}

/**
 * Lets `account` (null: the local account) have the database, or rejects with `foreign` because it is somebody else's. A
 * database nobody owns becomes the account's, for good: the database itself is asked at each opening, so that whatever named
 * it wrongly shows nobody another's data.
 */
export async function takeOwnership(store: DeviceStore, account: AccountId | null): Promise<void> {
  const owner = await ownerOf(store);
  if (owner === account) return;
  if (owner !== null || account === null) throw foreign();
  const taken = await store.write(
    ['settings'],
    async (tx) => {
      const stored = (await tx.get('settings', key))?.value;
      if (stored === undefined) tx.put('settings', { key, value: account });
      return stored ?? account;
    },
    { durability: 'strict' },
  );
  if (taken !== account) throw foreign();
}

const foreign = (): StoreError =>
  new StoreError('foreign', 'This data on this device belongs to another account. Sign in as that account to see it.');
