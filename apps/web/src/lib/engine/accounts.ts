import type { AccountCalls } from '@cacaw/client/account';
import { openAccounts, type Accounts } from '@cacaw/client/accounts';
import { createBrowserEnvironment, type BrowserEnvironment } from '@cacaw/client/worker';

/** Opens the accounts of this browser for this page. */
export async function openPageAccounts(): Promise<Accounts> {
  const environment = createBrowserEnvironment();
  // The page shows what a person must know; this is for whoever looks into the browser.
  // oxlint-disable-next-line no-console
  const onError = (error: unknown): void => console.error('The accounts of this browser reported a fault.', error);
  const accounts = await openAccounts(environment, () => loadCalls(environment), onError);
  return accounts;
}

/** Loaded only when there is something to ask. */
async function loadCalls({ fetch, network }: BrowserEnvironment): Promise<AccountCalls> {
  const { createAccountCalls } = await import('@cacaw/client/account');
  return createAccountCalls({ fetch, network, relay: location.origin });
}
