import type { Clock } from '@cacaw/protocol';
import { LogUnavailable } from '../ports/update-log.ts';

/** How long the database is left alone before it is asked again. */
const retryMs = 500;

/** Asks again while the database is away, saying so by `onAway` each time; undefined once nobody waits for the answer. */
export async function untilAnswered<T>(
  ask: () => Promise<T>,
  { clock, isOver, onAway }: { readonly clock: Clock; readonly isOver: () => boolean; readonly onAway: () => void },
): Promise<T | undefined> {
  while (!isOver()) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      onAway();
      await new Promise<void>((done) => void clock.after(retryMs, done));
    }
  }
  return undefined;
}
