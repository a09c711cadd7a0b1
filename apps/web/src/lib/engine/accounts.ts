import { createBrowserNetwork, type Network } from '@cacaw/client';
import type { AccountCalls } from '@cacaw/client/account';
import { createAccounts, type AccountRegistry, type Accounts } from '@cacaw/client/accounts';

/** Opens the accounts of this browser for this page. */
export function openPageAccounts(registry: AccountRegistry): Promise<Accounts> {
  const network = createBrowserNetwork();
  return createAccounts({ registry, calls: () => loadCalls(network), network });
}

/** Loaded only when there is something to ask. */
async function loadCalls(network: Network): Promise<AccountCalls> {
  const { browserFetch, createAccountCalls } = await import('@cacaw/client/account');
  return createAccountCalls({ fetch: browserFetch, network, relay: location.origin });
}
