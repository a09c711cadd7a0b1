import type { LimitName, RateVerdict } from '../ports/rate-limiter.ts';
import { limits } from './limits.ts';

/** Headers by their names. */
export type RateHeaders = { readonly [header: string]: string };

/**
 * What an answer says about the caller's limit: `RateLimit-Policy` and `RateLimit` as the IETF's HTTPAPI group drafts them
 * (quota, window, rest, seconds until it begins anew), and `Retry-After` once nothing is left.
 */
export function rateHeaders(name: LimitName, { isAllowed, limit, remaining, resetMs }: RateVerdict): RateHeaders {
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  return {
    'ratelimit-policy': `"${name}";q=${limit};w=${limits[name].windowMs / 1000}`,
    ratelimit: `"${name}";r=${remaining};t=${seconds}`,
    ...(isAllowed ? {} : { 'retry-after': String(seconds) }),
  };
}
