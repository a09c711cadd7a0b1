import { expect, it } from 'vitest';
import { limits } from '../http/limits.ts';
import type { Limits, RateLimiter } from '../ports/rate-limiter.ts';

/** Limits small enough to reach, a window short enough to wait for. */
export const contractLimits: Limits = { ...limits, 'sign-in': { points: 3, windowMs: 60_000 }, reset: { points: 2, windowMs: 1_000 } };

/** What every limiter must promise; `open` gives one that counts by {@link contractLimits} and a way to let a window end. */
export function rateLimiterContract(open: () => Promise<{ readonly limiter: RateLimiter; readonly pass: () => Promise<void> }>): void {
  it('[B1] allows what a limit says, then refuses and tells when to come back', async () => {
    const { limiter } = await open();

    const verdicts = [];
    for (let count = 0; count < 5; count += 1) verdicts.push(await limiter.take('sign-in', 'anna'));

    expect(verdicts.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    for (const { limit, resetMs } of verdicts) {
      expect(limit).toBe(3);
      expect(resetMs).toBeGreaterThan(50_000);
      expect(resetMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('[B1] a window begins anew when it has ended', async () => {
    const { limiter, pass } = await open();
    for (let count = 0; count < 4; count += 1) await limiter.take('reset', 'anna');

    await pass();

    expect(await limiter.take('reset', 'anna')).toMatchObject({ isAllowed: true, remaining: 1 });
  });

  it('[B1] limits and keys do not touch each other, and many at once are counted one by one', async () => {
    const { limiter } = await open();

    const verdicts = await Promise.all(Array.from({ length: 20 }, () => limiter.take('sign-in', 'anna')));

    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(3);
    expect(await limiter.take('sign-in', 'ben')).toMatchObject({ isAllowed: true, remaining: 2 });
    expect(await limiter.take('reset', 'anna')).toMatchObject({ isAllowed: true, remaining: 1 });
  });

  it('[B10] what somebody did is forgotten when it is asked, and what others did is not', async () => {
    const { limiter } = await open();
    for (let count = 0; count < 4; count += 1) for (const key of ['anna', 'ben']) await limiter.take('sign-in', key);

    await limiter.forget('anna');

    expect(await limiter.take('sign-in', 'anna')).toMatchObject({ isAllowed: true, remaining: 2 });
    expect(await limiter.take('sign-in', 'ben')).toMatchObject({ isAllowed: false });
  });

  it('[B2] an IPv6 address counts as its /64, an IPv4 address the same however it is written', async () => {
    const { limiter } = await open();

    await limiter.take('sign-in', '2001:db8:0:1::1');
    await limiter.take('sign-in', '2001:DB8:0:1:ffff::2');
    await limiter.take('sign-in', '192.0.2.7');

    expect(await limiter.take('sign-in', '2001:0db8::1:0:0:0:3')).toMatchObject({ remaining: 0 });
    expect(await limiter.take('sign-in', '2001:db8:0:2::1')).toMatchObject({ remaining: 2 });
    expect(await limiter.take('sign-in', '::ffff:192.0.2.7')).toMatchObject({ remaining: 1 });
    expect(await limiter.take('sign-in', '::ffff:c000:207')).toMatchObject({ remaining: 0 });
    expect(await limiter.take('sign-in', '192.0.2.8')).toMatchObject({ remaining: 2 });
  });
}
