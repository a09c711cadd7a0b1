import type { Identity } from '../ports/authenticator.ts';

/** What requests are counted under. A guest is whoever its device says it is: only its address can be counted. */
export const limitKey = (who: Identity | undefined, address: string): string => (who?.kind === 'account' ? who.account : address);
