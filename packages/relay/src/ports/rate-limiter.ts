/** What is limited; each has its own budget, see `http/limits.ts`. */
export type LimitName =
  | 'api'
  | 'sign-in'
  | 'sign-up'
  | 'reset'
  | 'invites'
  | 'collections'
  | 'export'
  | 'photos'
  | 'photo-views'
  | 'detection'
  | 'lessons'
  | 'lookup'
  | 'lookup-part'
  | 'lookup-common'
  | 'access-requests';

/** Requests a window of time allows. */
export interface Limit {
  readonly points: number;
  readonly windowMs: number;
}

/** All limits by name. */
export type Limits = { readonly [name in LimitName]: Limit };

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
  /**
   * Takes one of what `key` may do under a limit: an account, or a network address, of which an IPv6 one stands for its /64.
   * What is stored does not tell whose it is.
   */
  take(limit: LimitName, key: string): Promise<RateVerdict>;
  /** Forgets what `key` did, under every limit. */
  forget(key: string): Promise<void>;
}
