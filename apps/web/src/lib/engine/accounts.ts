import { createBrowserNetwork } from '@cacaw/client';
import { createAccounts, type AccountRegistry, type Accounts } from '@cacaw/client/accounts';

/** Opens the accounts of this browser for this page; what asks the relay is loaded only when there is something to ask. */
export const openPageAccounts = (registry: AccountRegistry): Promise<Accounts> =>
  createAccounts({ registry, calls: async () => (await import('../account/calls.ts')).calls, network: createBrowserNetwork() });
