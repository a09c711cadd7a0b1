import type { Clock } from '@cacaw/protocol';

/** A token bucket: `capacity` at once, `perSecond` on and on. */
export class Budget {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, { capacity, perSecond }: { readonly capacity: number; readonly perSecond: number }) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
    this.#at = clock.now();
  }

  /** Takes `amount` if it is there; more than the whole bucket is granted when the bucket is full. */
  take(amount: number): boolean {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (Math.max(0, now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < Math.min(amount, this.#capacity)) return false;
    this.#tokens -= amount;
    return true;
  }
}
