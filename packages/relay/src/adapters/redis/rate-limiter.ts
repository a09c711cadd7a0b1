import { createClient } from '@redis/client';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Observer } from '../../observer.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';
import { createStoredRateLimiter, type StoredLimiterOptions } from '../stored-rate-limiter.ts';

/** Limits counted in Redis. */
export interface RedisRateLimiter extends RateLimiter {
  close(): Promise<void>;
}

/** What the Redis limiter needs. */
export interface RedisLimiterOptions extends StoredLimiterOptions {
  readonly observer: Observer;
}

const connectLimitMs = 5_000;
const startLimitMs = 2_000;

/**
 * Limits counted in Redis, for all relays on it. While Redis is away each relay counts by itself, so that limits hold and
 * nobody is locked out; it comes back by itself.
 */
export async function createRedisRateLimiter(url: string, { observer, ...options }: RedisLimiterOptions): Promise<RedisRateLimiter> {
  let isAway = false;
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: connectLimitMs, reconnectStrategy: (attempt) => Math.min(100 * 2 ** attempt, connectLimitMs) },
  });
  client.on('error', () => {
    if (!isAway) observer.note('Redis is away; limits are counted here', {});
    isAway = true;
  });
  client.on('ready', () => (isAway = false));
  // Goes on trying for ever; a relay that starts waits a little, so that it does not count anew for no reason.
  const connected = client.connect().catch((error: unknown) => observer.fault('Redis cannot be reached', { error }));
  await Promise.race([connected, new Promise((done) => setTimeout(done, startLimitMs).unref())]);
  const limiter = createStoredRateLimiter(options, (name, { points, windowMs }) => {
    const budget = { keyPrefix: `cacaw:${name}`, points, duration: windowMs / 1000 };
    return new RateLimiterRedis({
      ...budget,
      storeClient: client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      inMemoryBlockOnConsumed: points,
      insuranceLimiter: new RateLimiterMemory(budget),
    });
  });
  return {
    take: (name, key) => limiter.take(name, key),
    forget: (key) => limiter.forget(key),
    async close() {
      client.destroy();
    },
  };
}
