import type { Clock } from '@cacaw/protocol';

/**
 * Keeps a service that is down from being asked by everybody: after some failures in a row nobody asks until one trial succeeds. Where all of them
 * were one caller's, only that one waits: it may be the pictures.
 */
export interface Breaker {
  /** How long to wait, or 0 when the service may be asked now; whoever names no caller speaks for all. */
  waitMs(whose?: string): number;
  /** True while somebody has to wait; looking at it is no trial. */
  isOpen(): boolean;
  /** What came of asking. */
  note(outcome: 'answered' | 'failed', whose?: string): void;
}

const failuresToOpen = 5;
const openMs = 30_000;

/** A breaker that opens after five failures in a row, for half a minute; then one asks for all. */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  /** Who has failed in this row. */
  const failing = new Set<string | undefined>();
  let opensAgainAt = 0;
  const isFor = (whose: string | undefined): boolean => failing.size > 1 || failing.has(undefined) || failing.has(whose);
  return {
    waitMs(whose) {
      if (!isFor(whose)) return 0;
      const wait = Math.max(0, opensAgainAt - clock.now());
      // This caller is the trial: others wait until it is noted, or until its time is over too.
      if (wait === 0 && failures >= failuresToOpen) opensAgainAt = clock.now() + openMs;
      return wait;
    },
    isOpen: () => opensAgainAt > clock.now(),
    note(outcome, whose) {
      failures = outcome === 'answered' ? 0 : failures + 1;
      if (outcome === 'answered') failing.clear();
      // Two are as many as all.
      else if (failing.size < 2) failing.add(whose);
      opensAgainAt = failures >= failuresToOpen ? clock.now() + openMs : 0;
    },
  };
}
