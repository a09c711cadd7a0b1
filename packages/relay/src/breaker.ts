import type { Clock } from '@cacaw/protocol';

/** Keeps a service that is down from being asked by everybody: after some failures in a row nobody asks until one trial succeeds. */
export interface Breaker {
  /** How long to wait, or 0 when the service may be asked now. */
  waitMs(): number;
  /** True while nobody asks; looking at it is no trial. */
  isOpen(): boolean;
  /** What came of asking. */
  note(outcome: 'answered' | 'failed'): void;
}

const failuresToOpen = 5;
const openMs = 30_000;

/** A breaker that opens after five failures in a row, for half a minute; then one asks for all. */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  let opensAgainAt = 0;
  return {
    waitMs() {
      const wait = Math.max(0, opensAgainAt - clock.now());
      // This caller is the trial: others wait until it is noted, or until its time is over too.
      if (wait === 0 && failures >= failuresToOpen) opensAgainAt = clock.now() + openMs;
      return wait;
    },
    isOpen: () => opensAgainAt > clock.now(),
    note(outcome) {
      failures = outcome === 'answered' ? 0 : failures + 1;
      opensAgainAt = failures >= failuresToOpen ? clock.now() + openMs : 0;
    },
  };
}
