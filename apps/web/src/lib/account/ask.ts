import { createAuthCall, type AuthCall } from '@cacaw/client/account';
import { homeRelay } from './home-relay.ts';

/** Asks the server that served this page, as whoever its cookie says. */
export const ask: AuthCall = createAuthCall(homeRelay);
