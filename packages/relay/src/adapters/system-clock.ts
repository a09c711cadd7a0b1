import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '@cacaw/protocol';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The randomness of this machine. */
export const systemRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) };
