import type { Clock, Random } from '@cacaw/protocol';
import { createBackoff, type Backoff } from '../backoff.ts';
import type { DetectionBy, LookReason } from './detection-calls.ts';

/** Something in the way of all that is asked in one place, until it is tried again. */
export interface Wait {
  readonly reason: LookReason;
  readonly until: number;
}

/** What waits for a person or an operator is tried again by itself this often. */
const heldMs = 10 * 60_000;
const lengths: { readonly [reason in Exclude<LookReason, 'offline'>]: number } = {
  'signed-out': heldMs,
  off: heldMs,
  limit: 60_000,
  budget: 3_600_000,
  uploading: 10_000,
};
/** What may be over as soon as the device has a network, or an account, again. */
const brief: ReadonlySet<LookReason> = new Set(['offline', 'signed-out', 'off']);

/** What is in the way of asking, by whom is asked. */
export class LookWaits {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #waits = new Map<DetectionBy, Wait>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#backoff = createBackoff(random, { floorMs: 500, ceilingMs: 60_000 });
  }

  of(by: DetectionBy): Wait | undefined {
    const wait = this.#waits.get(by);
    return wait !== undefined && wait.until > this.#clock.now() ? wait : undefined;
  }

  /** When any of it ends by itself. */
  get dues(): readonly number[] {
    return [...this.#waits.values()].map(({ until }) => until);
  }

  begin(by: DetectionBy, reason: LookReason, afterMs?: number): void {
    const length = afterMs ?? (reason === 'offline' ? this.#backoff.next() : lengths[reason]);
    this.#waits.set(by, { reason, until: this.#clock.now() + length });
  }

  /** Somebody answered. */
  noteAnswer(): void {
    this.#backoff.reset();
  }

  /** Something has changed outside: a limit is still a limit. */
  wake(): void {
    for (const [by, { reason }] of this.#waits) if (brief.has(reason)) this.#waits.delete(by);
  }

  /** A person wants it tried now. */
  clear(): void {
    this.#waits.clear();
  }
}
