import type { AccountId } from '@cacaw/protocol';
import { openAccounts } from '../src/accounts/accounts.ts';
import { createBrowserEnvironment } from '../src/browser-environment.ts';

/** Lets in the account this worker is named after, and says when that is done: until then it may be killed at any moment. */
const me = { accountId: self.name as AccountId, username: 'somebody' };
const calls = { me: async () => me as never, signOut: async () => undefined };
const fail = (error: unknown): never => {
  throw error;
};
const accounts = await openAccounts(createBrowserEnvironment(), async () => calls, fail);
self.postMessage('open');
await accounts.arrive();
self.postMessage('in');
