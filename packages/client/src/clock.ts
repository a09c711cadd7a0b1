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
  /** Milliseconds ahead; 0 until the first sample. */
  readonly offsetMs: number;
  /** Takes a sample; true when the offset moved, because the sample proves the old one wrong or is at least twice as sharp. */
  sample(sample: ClockSample): boolean;
}

/** A relay clock whose offset moves only for a better reason than it had, so that a slow network does not make stamps wander. */
export const createRelayClock = (): RelayClock => new SampledClock();

class SampledClock implements RelayClock {
  #offsetMs: number | undefined;
  /** How long the sample behind the offset was on its way: the most the offset can be wrong by. */
  #widthMs = Infinity;

  get offsetMs(): number {
    return this.#offsetMs ?? 0;
  }

  sample({ sentAt, receivedAt, serverTime }: ClockSample): boolean {
    // Our own clock was set back in between: the sample says nothing.
    if (receivedAt < sentAt) return false;
    const least = serverTime - receivedAt;
    const most = serverTime - sentAt;
    const widthMs = receivedAt - sentAt;
    const agrees = this.#offsetMs !== undefined && this.#offsetMs >= least && this.#offsetMs <= most;
    // The first sample is the slowest (both sides are still starting); kept for good it would order quick edits of two devices wrongly.
    if (agrees && widthMs > this.#widthMs / 2) return false;
    const before = this.#offsetMs;
    this.#offsetMs = Math.round((least + most) / 2);
    this.#widthMs = widthMs;
    return this.#offsetMs !== before;
  }
}
