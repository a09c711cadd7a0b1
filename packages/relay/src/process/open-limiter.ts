import { createPostgresRateLimiter } from '../adapters/postgres/rate-limiter.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createRedisRateLimiter } from '../adapters/redis/rate-limiter.ts';
import type { Config } from '../config.ts';
import type { Observer } from '../observer.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { deriveKey } from './derived-key.ts';

/** What the limiter of a process stands on. */
export interface LimiterGround {
  /** Not the log's: a flood of requests must not hold up its connections. */
  readonly database: Database;
  readonly observer: Observer;
  readonly indexSecret: Uint8Array;
}

/** Limits in Redis when REDIS_URL names one, else in PostgreSQL. */
export async function openLimiter(
  { redisUrl }: Config,
  { database, observer, indexSecret }: LimiterGround,
): Promise<{ readonly limiter: RateLimiter; readonly close: () => Promise<void> }> {
  const hashKey = deriveKey(indexSecret, 'rate limits');
  if (redisUrl === undefined) return { limiter: createPostgresRateLimiter(database, { hashKey }), close: () => Promise.resolve() };
  const limiter = await createRedisRateLimiter(redisUrl, { hashKey, observer });
  return { limiter, close: () => limiter.close() };
}
