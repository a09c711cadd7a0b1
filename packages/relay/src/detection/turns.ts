import { DetectorError, failed } from '@cacaw/detectors';
import { FairQueue } from '../fair-queue.ts';
import { createShares } from '../shares.ts';

/** Lets one at a time do something that takes long, every account in turn. */
export interface Turns {
  /** Runs it when its turn has come. Rejects with a {@link DetectorError} at once when too many wait, and as soon as `signal` ends while it waits. */
  take<T>(whose: string, signal: AbortSignal, run: () => Promise<T>): Promise<T>;
}

/** As many as a batch looks at together, twice. */
const mostWaiting = 8;
/** Longer than most pictures take to be read. */
const retryAfterMs = 10_000;

/** Eight may wait, four of one account. */
export function createTurns(): Turns {
  const places = createShares({ most: mostWaiting, mostEach: mostWaiting / 2 });
  const waiting = new FairQueue<() => void>();
  let isTaken = false;
  const wait = (whose: string, signal: AbortSignal): Promise<void> => {
    const giveBack = places.take(whose);
    if (giveBack === undefined) throw new DetectorError('busy', tooMany, { retryAfterMs });
    return new Promise((go, refuse) => {
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        giveBack();
        go();
      };
      const leave = (): void => {
        waiting.remove(whose, turn);
        giveBack();
        refuse(failed('cancelled'));
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(whose, turn);
    });
  };
  const pass = (): void => {
    const next = waiting.shift();
    if (next === undefined) isTaken = false;
    else next();
  };
  return {
    async take(whose, signal, run) {
      if (signal.aborted) throw failed('cancelled');
      if (isTaken) await wait(whose, signal);
      isTaken = true;
      return run().finally(pass);
    },
  };
}

const tooMany = 'This server reads one picture after the other, and too many wait. Try again in a moment.';
