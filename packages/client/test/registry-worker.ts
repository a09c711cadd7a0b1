import type { AccountId } from '@cacaw/protocol';
import { openRegistry } from '../src/accounts/account-registry.ts';
import { createAccounts } from '../src/accounts/accounts.ts';
import { createBrowserEnvironment } from '../src/browser-environment.ts';

/** Lets in the account this worker is named after, and says when that is done: until then it may be killed at any moment. */
const me = { accountId: self.name as AccountId, username: 'somebody' };
const calls = { me: async () => me as never, signOut: async () => undefined };
const fail = (error: unknown): never => {
  throw error;
};
const environment = createBrowserEnvironment();
const registry = await openRegistry(environment, fail);
const accounts = await createAccounts({ registry, calls: async () => calls, network: environment.network });
self.postMessage('open');
await accounts.arrive();
self.postMessage('in');
