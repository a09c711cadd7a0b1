import type { Clock } from '@cacaw/protocol';

/** The account's other device is probably at it: after the last of these it is not. */
const pausesMs: readonly number[] = [5_000, 15_000, 60_000];
/** In a quarter of an hour at most so many questions in vain about what nobody sealed: whoever forges looks uses up no more of the limit. */
const mostInVain = 20;
const windowMs = 15 * 60_000;

interface Tries {
  readonly count: number;
  readonly until: number;
}

/** No question has this name. */
const sealedRow = '';
const rowOf = (key: string, isSealed: boolean): string => (isSealed ? sealedRow : key);

/** How a question stands about which the relay was asked only for what it knows. */
export type KnownStanding = 'ask' | 'wait' | 'over';

/**
 * How often the relay was asked in vain for what the account was answered before. Every sealed photo shares one row of tries, by which it
 * is found out whether another device is at it: what nobody sealed is tried photo by photo.
 */
export class KnownTries {
  readonly #clock: Clock;
  readonly #tries = new Map<string, Tries>();
  #isTryingSealed = false;
  #inVain: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  standing(key: string, isSealed: boolean): KnownStanding {
    const tries = this.#tries.get(rowOf(key, isSealed));
    if (isSealed && this.#isTryingSealed) return 'wait';
    if (tries?.until === Infinity) return 'over';
    const from = Math.max(tries?.until ?? 0, isSealed ? 0 : this.#freeFrom());
    return from > this.#clock.now() ? 'wait' : 'ask';
  }

  /** It is asked now: of what is sealed only one at a time. */
  begin(isSealed: boolean): void {
    this.#isTryingSealed ||= isSealed;
  }

  end(isSealed: boolean): void {
    if (isSealed) this.#isTryingSealed = false;
  }

  /** It was not known. */
  note(key: string, isSealed: boolean): void {
    const now = this.#clock.now();
    const row = rowOf(key, isSealed);
    const count = (this.#tries.get(row)?.count ?? 0) + 1;
    const pauseMs = pausesMs[count - 1];
    this.#tries.set(row, { count, until: pauseMs === undefined ? Infinity : now + pauseMs });
    if (!isSealed) this.#inVain = [...this.#inVain.filter((at) => at > now - windowMs), now];
  }

  /** Nothing sealed is left to ask about: of what comes next another device may be at it again. */
  noteNoneSealed(): void {
    this.#tries.delete(sealedRow);
  }

  /** When something may be asked again. */
  get dues(): readonly number[] {
    return [...[...this.#tries.values()].map(({ until }) => until), this.#freeFrom()];
  }

  #freeFrom(): number {
    const latest = this.#inVain.slice(-mostInVain);
    return latest.length < mostInVain ? 0 : (latest[0] ?? 0) + windowMs;
  }
}
