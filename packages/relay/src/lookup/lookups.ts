import type { Clock } from '@cacaw/protocol';
import type { LookupAnswer, LookupFailure, LookupFound, LookupSourceName } from '@cacaw/protocol/http';
import { createBreaker, type Breaker } from '../detection/breaker.ts';
import { FairQueue } from '../fair-queue.ts';
import { LookupError, type LookupQuestion, type LookupSource } from '../ports/lookup-source.ts';
import { createShares } from '../shares.ts';

/** Asks sources for people: each politely, and not twice a day for the same. */
export interface Lookups {
  readonly sources: readonly LookupSource[];
  /** What the named ones know of it; one that fails fails alone. `whose` shares the turns and is told to nobody. Never rejects. */
  find(question: LookupQuestion, names: readonly LookupSourceName[], whose: string): Promise<LookupAnswer>;
}

/** Prices change once a day (https://scryfall.com/docs/api); what a book is called, hardly ever. */
const keptMs = 24 * 3_600_000;
const mostKept = 2_000;
/** Longer than a person waits. */
const patienceMs = 10_000;

/** Keeps answers for a day, at most two thousand of each source, in this process. */
export function createLookups(sources: readonly LookupSource[], clock: Clock): Lookups {
  const desks = new Map(sources.map((source) => [source.name, new Desk(source, clock)]));
  return {
    sources,
    async find(question, names, whose) {
      const asked = [...new Set(names)].flatMap((name) => desks.get(name) ?? []).filter(({ source }) => source.knows === question.subject);
      const answers = await Promise.all(asked.map((desk) => desk.find(question, whose)));
      return {
        found: answers.flatMap((one) => ('found' in one ? one.found : [])),
        failed: answers.flatMap((one) => ('failed' in one ? [one.failed] : [])),
      };
    },
  };
}

type Outcome = { readonly found: readonly LookupFound[] } | { readonly failed: LookupFailure };

/** Questions that may wait for one source, a quarter of them of one account: who scans a shelf is told to come back, and others are served between. */
const mostWaiting = 40;
const mostWaitingEach = 10;

/** Where questions to one source are put: one after the other, with the pause it wants between them, everybody in turn. */
class Desk {
  readonly source: LookupSource;
  readonly #clock: Clock;
  readonly #breaker: Breaker;
  readonly #kept = new Map<string, { readonly outcome: Promise<Outcome>; readonly untilMs: number }>();
  readonly #places = createShares({ most: mostWaiting, mostEach: mostWaitingEach });
  readonly #waiting = new FairQueue<() => void>();
  #isTaken = false;
  #busyUntilMs = 0;

  constructor(source: LookupSource, clock: Clock) {
    this.source = source;
    this.#clock = clock;
    this.#breaker = createBreaker(clock);
  }

  find(question: LookupQuestion, whose: string): Promise<Outcome> {
    const key = question.text.toLowerCase();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#clock.now()) return kept.outcome;
    const outcome = this.#ask(question, whose).then((answer) => {
      if ('failed' in answer) this.#kept.delete(key);
      return answer;
    });
    this.#keep(key, outcome);
    return outcome;
  }

  #keep(key: string, outcome: Promise<Outcome>): void {
    this.#kept.delete(key);
    this.#kept.set(key, { outcome, untilMs: this.#clock.now() + keptMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Resolves when nobody else is being asked about; undefined when too many wait. */
  async #turn(whose: string): Promise<true | undefined> {
    const taken = this.#places.take(whose);
    if (taken === undefined) return undefined;
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(whose, resolve));
    this.#isTaken = true;
    taken();
    return true;
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  async #ask(question: LookupQuestion, whose: string): Promise<Outcome> {
    if ((await this.#turn(whose)) === undefined) return this.#failure('busy', mostWaitingEach * this.source.gapMs);
    const waitMs = Math.max(this.#busyUntilMs - this.#clock.now(), 0) || this.#breaker.waitMs();
    if (waitMs > 0) {
      this.#next();
      return this.#failedBy(new LookupError('busy', '', { retryAfterMs: waitMs }));
    }
    try {
      const found = await this.source.find(question, AbortSignal.timeout(patienceMs));
      this.#breaker.note('answered');
      return { found };
    } catch (error) {
      return this.#failedBy(error);
    } finally {
      this.#clock.after(this.source.gapMs, () => this.#next());
    }
  }

  #failedBy(error: unknown): Outcome {
    const { reason, retryAfterMs } = error instanceof LookupError ? error : new LookupError('unavailable', '', { cause: error });
    if (reason === 'busy' && retryAfterMs !== undefined) this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#clock.now() + retryAfterMs);
    else if (reason === 'unavailable') this.#breaker.note('failed');
    return this.#failure(reason, retryAfterMs);
  }

  #failure(reason: LookupFailure['reason'], retryAfterMs: number | undefined): Outcome {
    return { failed: { source: this.source.name, reason, detail: words[reason](this.source.title), retryAfterMs } };
  }
}

const words: { readonly [reason in LookupFailure['reason']]: (title: string) => string } = {
  busy: (title) => `${title} does not want to be asked more often. Try again later.`,
  unavailable: (title) => `${title} cannot be reached. Try again in a while.`,
  unreadable: (title) => `${title} answered something that cannot be read. Enter it by hand.`,
  refused: (title) => `${title} does not take this question. Check the code or the name.`,
};
