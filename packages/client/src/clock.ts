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
  /** Takes a sample; true when the offset had to move because the sample proves the old one wrong. */
  sample(sample: ClockSample): boolean;
}

/** A relay clock whose offset moves only when a sample contradicts it, so that a slow network does not make stamps wander. */
export const createRelayClock = (): RelayClock => new SampledClock();

class SampledClock implements RelayClock {
  #offsetMs: number | undefined;

  get offsetMs(): number {
    return this.#offsetMs ?? 0;
  }

  sample({ sentAt, receivedAt, serverTime }: ClockSample): boolean {
    // Our own clock was set back in between: the sample says nothing.
    if (receivedAt < sentAt) return false;
    const least = serverTime - receivedAt;
    const most = serverTime - sentAt;
    if (this.#offsetMs !== undefined && this.#offsetMs >= least && this.#offsetMs <= most) return false;
    this.#offsetMs = Math.round((least + most) / 2);
    return true;
  }
}
