import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../test/manual-clock.ts';
import { contractLimits, rateLimiterContract } from '../../contracts/rate-limiter.ts';
import { createMemoryRateLimiter } from './rate-limiter.ts';

describe('memory rate limiter', () => {
  rateLimiterContract(async () => {
    const clock = createManualClock();
    return { limiter: createMemoryRateLimiter(clock, contractLimits), pass: () => clock.advance(1_000) };
  });

  it('[B3] forgets the oldest when too many have come, never everybody', async () => {
    const limiter = createMemoryRateLimiter(createManualClock(), contractLimits);
    await limiter.take('sign-in', 'first');

    for (let count = 0; count < 9_999; count += 1) await limiter.take('sign-in', `key ${count}`);
    const stillThere = await limiter.take('sign-in', 'first');
    await limiter.take('sign-in', 'one more');

    expect(stillThere.remaining).toBe(1);
    expect((await limiter.take('sign-in', 'key 0')).remaining).toBe(1);
    expect((await limiter.take('sign-in', 'first')).remaining).toBe(2);
  });
});
