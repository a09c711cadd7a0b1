import { expect, it } from 'vitest';
import { retryAfterOf } from './retry-after.ts';

it('[O29] a service says when to come back in seconds or as a moment by its own clock, a day at most', () => {
  const date = 'Sun, 29 Nov 2026 13:00:00 GMT';
  const said: readonly (readonly [retryAfter: string, ms: number | undefined])[] = [
    ['12', 12_000],
    [' 0 ', 0],
    ['9'.repeat(400), 24 * 3_600_000],
    ['Sun, 29 Nov 2026 13:02:00 GMT', 120_000],
    ['Mon, 29 Nov 2027 13:00:00 GMT', 24 * 3_600_000],
    ['Sun, 29 Nov 2026 12:00:00 GMT', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
  ];

  for (const [retryAfter, ms] of said)
    expect(retryAfterOf(new Headers({ date, 'retry-after': retryAfter })), JSON.stringify(retryAfter)).toBe(ms);
  expect(retryAfterOf(new Headers({ 'retry-after': 'Sun, 29 Nov 2026 13:02:00 GMT' }))).toBeUndefined();
  expect(retryAfterOf(new Headers())).toBeUndefined();
});
