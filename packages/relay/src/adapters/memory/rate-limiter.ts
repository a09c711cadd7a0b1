import type { Clock } from '@cacaw/protocol';
import { limits } from '../../http/limits.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';

interface Window {
  readonly endsAt: number;
  used: number;
}

const maxWindows = 10_000;

/** Counts within this process only: for tests and for embedders with one relay. */
export function createMemoryRateLimiter(clock: Clock): RateLimiter {
  const windows = new Map<string, Window>();
  return {
    take(limit, key, cost = 1) {
      const { points, windowMs } = limits[limit];
      const name = `${limit} ${key}`;
      const known = windows.get(name);
      const window = known !== undefined && known.endsAt > clock.now() ? known : { endsAt: clock.now() + windowMs, used: 0 };
      if (windows.size >= maxWindows) windows.clear();
      windows.set(name, window);
      const isAllowed = window.used + cost <= points;
      if (isAllowed) window.used += cost;
      return Promise.resolve({ isAllowed, limit: points, remaining: points - window.used, resetMs: window.endsAt - clock.now() });
    },
  };
}
