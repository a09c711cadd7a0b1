import type { LimitName } from '../ports/rate-limiter.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How many requests an account (or, without one, an address) may make in a window. */
export const limits: { readonly [name in LimitName]: { readonly points: number; readonly windowMs: number } } = {
  api: { points: 600, windowMs: minuteMs },
  'sign-in': { points: 20, windowMs: 15 * minuteMs },
  'sign-up': { points: 10, windowMs: hourMs },
  reset: { points: 5, windowMs: hourMs },
  invites: { points: 60, windowMs: hourMs },
  collections: { points: 60, windowMs: minuteMs },
  export: { points: 10, windowMs: hourMs },
};
