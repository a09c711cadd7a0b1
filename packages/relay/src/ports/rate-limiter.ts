/** What is limited; each has its own budget, see `http/limits.ts`. */
export type LimitName = 'api' | 'sign-in' | 'sign-up' | 'reset' | 'invites' | 'collections' | 'export';

/** What came of asking for room. */
export interface RateVerdict {
  readonly isAllowed: boolean;
  /** Requests the window allows. */
  readonly limit: number;
  /** Requests left in it. */
  readonly remaining: number;
  /** When the window begins anew. */
  readonly resetMs: number;
}

/**
 * Counts requests. Guarantees, proven by `rateLimiterContract`: a limit holds however many relays count together and survives
 * their restart (every adapter but memory); a caller is told when to come back.
 */
export interface RateLimiter {
  /** Takes `cost` of what `key` may do under a limit; nothing is taken when it is refused. */
  take(limit: LimitName, key: string, cost?: number): Promise<RateVerdict>;
}
