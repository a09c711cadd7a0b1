import type { Clock, Random } from '@cacaw/protocol';

/** The machine's own clock and timers. */
export const createSystemClock = (): Clock => ({
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});

/** The machine's cryptographic randomness. */
export const createSystemRandom = (): Random => ({ bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });

/** One reading of the relay's clock: it showed `serverTime` at some moment between `sentAt` and `receivedAt` of ours. */
export interface ClockSample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly serverTime: number;
}

/** How far the relay's clock is ahead of ours. */
export interface RelayClock {
  /** Milliseconds ahead; 0 until a sample proves our own clock wrong. */
  readonly offsetMs: number;
  /** Takes a sample; true when the offset moved, because what was known of it is now known better or was wrong. */
  sample(sample: ClockSample): boolean;
}

/**
 * A relay clock that trusts our own until a sample proves it wrong: two browsers of a machine whose clock is right stamp by that one
 * clock, however slow their samples were.
 */
export const createRelayClock = (): RelayClock => new SampledClock();

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** How fast two clocks may drift apart: what was known a while ago holds a little less sharply. */
const driftPerMs = 1 / 10_000;

/**
 * 1. The bounds are what every sample since the last contradiction allows: a sample only ever narrows them, a slow one as well.
 * 2. The offset is 0 while the bounds allow it, else their middle.
 */
class SampledClock implements RelayClock {
  #bounds: Bounds = { least: -Infinity, most: Infinity };
  #sampledAt = 0;
  #offsetMs = 0;

  get offsetMs(): number {
    return this.#offsetMs;
  }

  sample({ sentAt, receivedAt, serverTime }: ClockSample): boolean {
    // Our own clock was set back in between: the sample says nothing.
    if (receivedAt < sentAt) return false;
    const found: Bounds = { least: serverTime - receivedAt, most: serverTime - sentAt };
    const slack = Math.max(0, receivedAt - this.#sampledAt) * driftPerMs;
    const both: Bounds = {
      least: Math.max(found.least, this.#bounds.least - slack),
      most: Math.min(found.most, this.#bounds.most + slack),
    };
    // One of the two clocks was set since: only the newest sample counts.
    this.#bounds = both.least <= both.most ? both : found;
    this.#sampledAt = receivedAt;
    const before = this.#offsetMs;
    this.#offsetMs = offsetWithin(this.#bounds);
    return this.#offsetMs !== before;
  }
}

const offsetWithin = ({ least, most }: Bounds): number => (least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2));
