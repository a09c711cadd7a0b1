import { goto } from '$app/navigation';
import type { Look } from '@cacaw/client';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { isTouched, withTicks } from './review-lines.ts';
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
  const command = { type: 'editItem', collection: id, item, change: { look: null } } as const;
  if (act === 'stop') return void (await app.attemptUndoable(command, 'Stop the analysis', 'The photo stays, not analysed'));
  // What was found and not wanted is decided about as in the review, and comes back as it stood there.
  const review = await app.cacaw.review(id, item);
  const after = review && isTouched(review) ? () => app.cacaw.keepReview(id, review) : undefined;
  const done = await app.attemptUndoable(command, 'End the review', 'The photo stays in the list', after);
  if (done && review) await app.cacaw.endReview(id, item, withTicks(review, false));
}
