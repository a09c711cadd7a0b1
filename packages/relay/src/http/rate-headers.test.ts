import { describe, expect, it } from 'vitest';
import type { LimitName } from '../ports/rate-limiter.ts';
import { limits } from './limits.ts';
import { rateHeaders } from './rate-headers.ts';

describe('limits on an answer', () => {
  it('[B9] say policy, rest and when to come back', () => {
    const verdict = { limit: 100, remaining: 99, resetMs: 1_001 };

    expect(rateHeaders('detection', { ...verdict, isAllowed: true })).toEqual({
      'ratelimit-policy': '"detection";q=100;w=900',
      ratelimit: '"detection";r=99;t=2',
    });
    expect(rateHeaders('detection', { ...verdict, isAllowed: false, remaining: 0, resetMs: 0 })).toMatchObject({ 'retry-after': '1' });
  });

  it('[B9] are whole numbers of requests and of seconds, detection as specified', () => {
    for (const name of Object.keys(limits) as LimitName[]) {
      expect(limits[name].points).toBeGreaterThan(0);
      expect(Number.isInteger(limits[name].windowMs / 1000)).toBe(true);
    }
    expect(limits.detection).toEqual({ points: 100, windowMs: 15 * 60_000 });
  });
});
