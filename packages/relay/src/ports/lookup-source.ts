import type { LookupFailure, LookupFound, LookupSourceAnswer, LookupSubject } from '@cacaw/protocol/http';

/** What is asked: a product's thirteen digits, or the name of a trading card. */
export interface LookupQuestion {
  readonly subject: LookupSubject;
  readonly text: string;
}

/** A source that gave no answer. Never carries what it said. */
export class LookupError extends Error {
  readonly reason: LookupFailure['reason'];
  /** When it will be there again, if it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: LookupFailure['reason'],
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Knows things and what they cost. Guarantees, proven by `lookupSourceContract`: what it finds fits an item's fields whatever the service
 * says; a price has an amount above zero and a currency, or is left out; what it does not know is an empty list; everything else is a
 * {@link LookupError}; no address in an answer is ever followed; ends when `signal` does.
 */
export interface LookupSource extends LookupSourceAnswer {
  /** How long the service wants to be left alone between two questions. */
  readonly gapMs: number;
  /** True when it answers this relay only so many questions a day: they are shared among accounts. */
  readonly isRationed?: boolean | undefined;
  find(question: LookupQuestion, signal: AbortSignal): Promise<readonly LookupFound[]>;
}

/** How a source is reached, and under which name it is asked. */
export interface LookupPlace {
  /** Another address than the service's own. */
  readonly baseUrl?: string | undefined;
  readonly agent: string;
}

/** What one question may find; a source that knows more tells its best. */
export const maxFound: number = 20;
