import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { calls } from './calls.ts';

/**
 * Asks the server whether the account this page shows, whose sign-in has ended, is still there, and has the app know. Where it does not
 * say, the account is taken to be there: whoever is asked to sign in again loses nothing by it.
 */
export async function askIfGone(app: CacawApp): Promise<void> {
  const { account, lookKey } = (await app.accounts).place;
  if (account === null || lookKey === undefined) return;
  try {
    app.isAccountGone = await calls.isGone({ account, lookKey });
  } catch {
    return; // The next screen that needs it asks again.
  }
}
