import { createBrowserNetwork } from '@cacaw/client';
import { browserFetch, type AccountPorts } from '@cacaw/client/account';

/** The relay that served this page. */
export const homeRelay: AccountPorts = { fetch: browserFetch, network: createBrowserNetwork(), relay: location.origin };
