import type { Random } from '@cacaw/protocol';

/** How long to wait before each try, with full jitter so that many devices do not come back in step. */
export interface Backoff {
  /** Milliseconds before the next try; every call counts as one try that failed. */
  next(): number;
  /** Starts over after a success. */
  reset(): void;
}

/** Waits between `floorMs` and a ceiling that doubles from `2 · floorMs` to `ceilingMs`; the first wait lies below `floorMs`. */
export interface BackoffOptions {
  readonly floorMs: number;
  readonly ceilingMs: number;
}

/** What the link uses (engine.md 5): a first try within half a second, then 0.5 to 30 seconds. */
export const linkBackoff: BackoffOptions = { floorMs: 500, ceilingMs: 30_000 };

/** A backoff that draws its jitter from `random`. */
export const createBackoff = (random: Random, options: BackoffOptions = linkBackoff): Backoff => new JitteredBackoff(random, options);

class JitteredBackoff implements Backoff {
  readonly #random: Random;
  readonly #options: BackoffOptions;
  #tries = 0;

  constructor(random: Random, options: BackoffOptions) {
    this.#random = random;
    this.#options = options;
  }

  next(): number {
    const { floorMs, ceilingMs } = this.#options;
    const tries = this.#tries++;
    if (tries === 0) return Math.floor(this.#fraction() * floorMs);
    // Beyond 2^30 the doubling is past any ceiling, and 2 ** tries must stay finite.
    const ceiling = Math.min(ceilingMs, floorMs * 2 ** Math.min(tries, 30));
    return floorMs + Math.floor(this.#fraction() * (ceiling - floorMs));
  }

  reset(): void {
    this.#tries = 0;
  }

  #fraction(): number {
    return drawFraction(this.#random);
  }
}

/** A uniform number in [0, 1) drawn from four random bytes. */
export function drawFraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}
