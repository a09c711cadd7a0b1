import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff, drawFraction } from './backoff.ts';

const randomOf = (fill: number): { bytes(length: number): Uint8Array } => ({ bytes: (length) => new Uint8Array(length).fill(fill) });

describe('backoff', () => {
  it('[L1] waits less than half a second first, then between half a second and a ceiling that doubles up to 30 s', () => {
    const longest = createBackoff(randomOf(255));
    const shortest = createBackoff(randomOf(0));

    const long = Array.from({ length: 9 }, () => longest.next());
    const short = Array.from({ length: 9 }, () => shortest.next());

    expect(long).toEqual([499, 999, 1999, 3999, 7999, 15_999, 29_999, 29_999, 29_999]);
    expect(short).toEqual([0, 500, 500, 500, 500, 500, 500, 500, 500]);
  });

  it('[L1] starts over after a success', () => {
    const backoff = createBackoff(randomOf(255));
    for (let tries = 0; tries < 40; tries += 1) backoff.next();

    backoff.reset();

    expect(backoff.next()).toBe(499);
  });

  it('[L1] stays within its bounds for any randomness, and for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 4, maxLength: 40 }), fc.integer({ min: 1, max: 2000 }), (values, tries) => {
        let at = 0;
        const backoff = createBackoff({ bytes: (length) => Uint8Array.from({ length }, () => values[at++ % values.length] ?? 0) });
        const [first = NaN, ...others] = Array.from({ length: tries }, () => backoff.next());
        expect(first).toBeLessThan(500);
        expect(Math.min(first, ...others)).toBeGreaterThanOrEqual(0);
        expect(others.every((waitMs) => waitMs >= 500 && waitMs < 30_000)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('[L1] draws fractions from all four bytes', () => {
    expect(drawFraction(randomOf(0))).toBe(0);
    expect(drawFraction(randomOf(255))).toBeLessThan(1);
    expect(drawFraction(randomOf(128))).toBeCloseTo(0.502, 3);
  });
});
