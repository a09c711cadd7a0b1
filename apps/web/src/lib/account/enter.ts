import { goto } from '$app/navigation';
import type { SignInOutcome } from '@cacaw/client/account';
import type { LocalChoice } from '@cacaw/client/accounts';
import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { forgetLastCollection } from '#lib/app/last-collection.ts';

/** Signs in by `act` and goes on to `next` as whoever came in, unless a second factor is still to come. */
export async function enter(
  app: CacawApp,
  next: string,
  act: () => Promise<SignInOutcome>,
  local?: LocalChoice,
): Promise<'in' | 'second-factor'> {
  const arrival = await app.move((accounts) => accounts.signIn(act, local));
  if (arrival.kind === 'second-factor') return 'second-factor';
  // Another account's data: nothing of what this page has in memory may be shown on.
  if (arrival.kind === 'moved') {
    forgetLastCollection();
    location.assign(next);
  } else await goto(next);
  return 'in';
}

/** Wipes what is here of an account that the server has erased, and says so. */
export async function eraseHere(app: CacawApp): Promise<void> {
  await app.cacaw.close();
  await app.move((accounts) => accounts.erased());
  forgetLastCollection();
  location.assign('/?erased');
}

/** Signs out and begins anew as the local account of this browser; the account's copy here is kept, locked, or wiped. */
export async function leave(app: CacawApp, copy: 'keep' | 'wipe'): Promise<void> {
  await app.cacaw.close();
  await app.move((accounts) => accounts.signOut(copy));
  forgetLastCollection();
  location.assign('/collections');
}
