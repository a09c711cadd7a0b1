import { createBrowserNetwork } from '@cacaw/client';
import { createAccountCalls, type AccountCalls } from '@cacaw/client/account';

/** Everything the account screens ask of the server that served this page. */
export const calls: AccountCalls = createAccountCalls({
  fetch: (url, init) => fetch(url, { ...init, cache: 'no-store' }),
  network: createBrowserNetwork(),
  relay: location.origin,
});
