import type { Clock } from '@cacaw/protocol';
import type { LookupAnswer, LookupFailure, LookupFound, LookupSourceName } from '@cacaw/protocol/http';
import { createBreaker, type Breaker } from '../breaker.ts';
import { FairQueue } from '../fair-queue.ts';
import { LookupError, type LookupQuestion, type LookupSource } from '../ports/lookup-source.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { createShares } from '../shares.ts';
import { takeRation, type Ration } from './ration.ts';

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

/** What asking stands on. */
export interface LookupPorts {
  readonly clock: Clock;
  /** Counts what each account has had of a day's questions. */
  readonly limiter: Pick<RateLimiter, 'take'>;
}

/** Keeps answers for a day, at most two thousand of each source, in this process. */
export function createLookups(sources: readonly LookupSource[], ports: LookupPorts): Lookups {
  const desks = new Map(sources.map((source) => [source.name, new Desk(source, ports)]));
  return {
    sources,
    async find(question, names, whose) {
      const asked = askedOf(sources, question, names).flatMap(({ name }) => desks.get(name) ?? []);
      const answers = await Promise.all(asked.map((desk) => desk.find(question, whose)));
      return {
        found: answers.flatMap((one) => ('found' in one ? one.found : [])),
        failed: answers.flatMap((one) => ('failed' in one ? [one.failed] : [])),
      };
    },
  };
}

/** The sources a question is put to: those that are named and know about such things, each once. */
export const askedOf = (
  sources: readonly LookupSource[],
  { subject }: LookupQuestion,
  names: readonly LookupSourceName[],
): readonly LookupSource[] =>
  [...new Set(names)].flatMap((name) => sources.find((one) => one.name === name) ?? []).filter(({ knows }) => knows === subject);

type Outcome =
  | { readonly found: readonly LookupFound[] }
  /** `isOwn`: for want of their own part, which says nothing to anybody else. */
  | { readonly failed: LookupFailure; readonly isOwn?: boolean };

/** Questions that may wait for one source, a quarter of them of one account: who scans a shelf is told to come back, and others are served between. */
const mostWaiting = 40;
const mostWaitingEach = 10;

/** Where questions to one source are put: one after the other, with the pause it wants between them, everybody in turn. */
class Desk {
  readonly source: LookupSource;
  readonly #clock: Clock;
  readonly #limiter: LookupPorts['limiter'];
  readonly #breaker: Breaker;
  readonly #kept = new Map<string, { readonly whose: string; readonly outcome: Promise<Outcome>; readonly untilMs: number }>();
  readonly #places = createShares({ most: mostWaiting, mostEach: mostWaitingEach });
  readonly #waiting = new FairQueue<() => void>();
  #isTaken = false;
  #busyUntilMs = 0;

  constructor(source: LookupSource, { clock, limiter }: LookupPorts) {
    this.source = source;
    this.#clock = clock;
    this.#limiter = limiter;
    this.#breaker = createBreaker(clock);
  }

  find(question: LookupQuestion, whose: string): Promise<Outcome> {
    const key = question.text.toLowerCase();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#clock.now())
      return kept.outcome.then((answer) =>
        'failed' in answer && answer.isOwn === true && kept.whose !== whose ? this.find(question, whose) : answer,
      );
    const outcome = this.#ask(question, whose).then((answer) => {
      if ('failed' in answer) this.#kept.delete(key);
      return answer;
    });
    this.#keep(key, { whose, outcome });
    return outcome;
  }

  #keep(key: string, asked: { readonly whose: string; readonly outcome: Promise<Outcome> }): void {
    this.#kept.delete(key);
    this.#kept.set(key, { ...asked, untilMs: this.#clock.now() + keptMs });
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
    if ((await this.#turn(whose)) === undefined) return { ...this.#failure('busy', mostWaitingEach * this.source.gapMs), isOwn: true };
    const waitMs = Math.max(this.#busyUntilMs - this.#clock.now(), 0) || this.#breaker.waitMs();
    if (waitMs > 0) {
      this.#next();
      return this.#failedBy(new LookupError('busy', '', { retryAfterMs: waitMs }));
    }
    let gapMs = 0;
    try {
      const ration = await this.#ration(whose);
      if (!ration.isAllowed) return { ...this.#failure('busy', ration.retryAfterMs, usedUp), isOwn: true };
      gapMs = this.source.gapMs;
      const found = await this.#patiently((signal) => this.source.find(question, signal));
      this.#breaker.note('answered');
      return { found };
    } catch (error) {
      return this.#failedBy(error);
    } finally {
      this.#clock.after(gapMs, () => this.#next());
    }
  }

  /** Nobody's part of the day is touched by what is not asked. */
  #ration(account: string): Promise<Ration> | Ration {
    return this.source.isRationed === true ? takeRation(this.#limiter, { source: this.source.name, account }) : { isAllowed: true };
  }

  async #patiently<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const stop = this.#clock.after(patienceMs, () => late.abort());
    try {
      return await ask(late.signal);
    } finally {
      stop();
    }
  }

  #failedBy(error: unknown): Outcome {
    const { reason, retryAfterMs } = error instanceof LookupError ? error : new LookupError('unavailable', '', { cause: error });
    if (reason === 'busy' && retryAfterMs !== undefined) this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#clock.now() + retryAfterMs);
    else if (reason === 'unavailable') this.#breaker.note('failed');
    return this.#failure(reason, retryAfterMs);
  }

  #failure(reason: LookupFailure['reason'], retryAfterMs: number | undefined, said = words[reason]): Outcome {
    return { failed: { source: this.source.name, reason, detail: said(this.source.title), retryAfterMs } };
  }
}

const words: { readonly [reason in LookupFailure['reason']]: (title: string) => string } = {
  busy: (title) => `${title} does not want to be asked more often. Try again later.`,
  unavailable: (title) => `${title} cannot be reached. Try again in a while.`,
  unreadable: (title) => `${title} answered something that cannot be read. Enter it by hand.`,
  refused: (title) => `${title} does not take this question. Check the code or the name.`,
};

const usedUp = (title: string): string =>
  `${title} answers this server only so many questions a day, and your part of them is used up. Enter it by hand, or try again later.`;
