import { createHmac } from 'node:crypto';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { limits as standard } from '../http/limits.ts';
import { limitKey } from '../http/network.ts';
import type { Limit, LimitName, Limits, RateLimiter, RateVerdict } from '../ports/rate-limiter.ts';

/** What limiters over a store need beside it. */
export interface StoredLimiterOptions {
  readonly limits?: Limits | undefined;
  /** Hides from who reads the store which accounts and addresses were here. */
  readonly hashKey: Uint8Array;
}

/** A limiter of rate-limiter-flexible per limit; `open` makes one on its store. */
export function createStoredRateLimiter(
  { limits = standard, hashKey }: StoredLimiterOptions,
  open: (name: LimitName, limit: Limit) => RateLimiterAbstract,
): RateLimiter {
  const limiters = new Map<LimitName, RateLimiterAbstract>();
  for (const [name, limit] of Object.entries(limits) as [LimitName, Limit][]) limiters.set(name, open(name, limit));
  const hashOf = (name: LimitName, key: string): string =>
    createHmac('sha256', hashKey)
      .update(`${name} ${limitKey(key)}`)
      .digest('base64url');
  return {
    async forget(key) {
      await Promise.all([...limiters].map(([name, limiter]) => limiter.delete(hashOf(name, key))));
    },
    async take(name, key) {
      const limiter = limiters.get(name);
      if (limiter === undefined) throw new Error(`There is no limit ${name}.`);
      const hash = hashOf(name, key);
      const verdict = (isAllowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): RateVerdict => ({
        isAllowed,
        limit: limits[name].points,
        remaining: isAllowed ? Math.max(0, remainingPoints) : 0,
        resetMs: Math.max(0, msBeforeNext),
      });
      try {
        return verdict(true, await limiter.consume(hash));
      } catch (error) {
        // It throws its refusals; everything else is the store's.
        if (error instanceof RateLimiterRes) return verdict(false, error);
        throw error;
      }
    },
  };
}
