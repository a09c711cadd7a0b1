import type { Clock } from '@cacaw/protocol';
import { limits as standard } from '../../http/limits.ts';
import { limitKey } from '../../http/network.ts';
import type { Limits, RateLimiter } from '../../ports/rate-limiter.ts';

interface Window {
  readonly endsAt: number;
  used: number;
}

const maxWindows = 10_000;

/** Counts within this process only: for tests and for embedders with one relay. When it is full the oldest window goes. */
export function createMemoryRateLimiter(clock: Clock, limits: Limits = standard): RateLimiter {
  const windows = new Map<string, Window>();
  const open = (name: string, windowMs: number): Window => {
    const known = windows.get(name);
    if (known !== undefined && known.endsAt > clock.now()) return known;
    windows.delete(name);
    const [oldest] = windows.keys();
    if (windows.size >= maxWindows && oldest !== undefined) windows.delete(oldest);
    const opened = { endsAt: clock.now() + windowMs, used: 0 };
    windows.set(name, opened);
    return opened;
  };
  return {
    forget(key) {
      for (const limit of Object.keys(limits)) windows.delete(`${limit} ${limitKey(key)}`);
      return Promise.resolve();
    },
    take(limit, key) {
      const { points, windowMs } = limits[limit];
      const window = open(`${limit} ${limitKey(key)}`, windowMs);
      const isAllowed = window.used < points;
      if (isAllowed) window.used += 1;
      return Promise.resolve({ isAllowed, limit: points, remaining: points - window.used, resetMs: window.endsAt - clock.now() });
    },
  };
}
