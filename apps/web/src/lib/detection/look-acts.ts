import { goto } from '$app/navigation';
import type { Look } from '@cacaw/client';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import type { LookAct } from './look-words.ts';

/** Where the proposals for an item's photos are gone through. */
export const reviewAddress = (open: OpenCollection, item: string): string => `/c/${open.id}/review/${item}`;

/** Does what a button of a look says. */
export async function doAct(open: OpenCollection, { item }: Look, act: LookAct): Promise<void> {
  const { app, id } = open;
  try {
    if (act === 'review' || act === 'say') await goto(reviewAddress(open, item));
    else if (act === 'retry' || act === 'analyse') await app.cacaw.lookAgain(id, item);
    else if (act === 'device') await app.cacaw.lookAgain(id, item, { by: 'device' });
    else if (act === 'hand') await goto(`/c/${id}?${new URLSearchParams({ item })}`);
    else if (act === 'settings') await goto('/account/detection');
    else if (act === 'sign-in') await goto(`/sign-in?${new URLSearchParams({ next: `/c/${id}` })}`);
    else await stop(open, item, act);
  } catch (error) {
    app.report(error, 'Analyse the photo');
  }
}

/** Has all of these looked at again that were not. */
export async function retryAll(open: OpenCollection, looks: readonly Look[]): Promise<void> {
  for (const look of looks) await doAct(open, look, 'retry');
}

async function stop({ app, id }: OpenCollection, item: Look['item'], act: 'stop' | 'leave'): Promise<void> {
  const [doing, done] =
    act === 'stop' ? ['Stop the analysis', 'The photo stays, not analysed'] : ['End the review', 'The photo stays in the list'];
  await app.attemptUndoable({ type: 'editItem', collection: id, item, change: { look: null } }, doing, done);
}
