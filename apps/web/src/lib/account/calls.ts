import { createAccountCalls, type AccountCalls } from '@cacaw/client/account';
import { homeRelay } from './home-relay.ts';

/** Everything the account screens ask of the server that served this page. */
export const calls: AccountCalls = createAccountCalls(homeRelay);
