import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStamp, nextStamp, stampAt, stampToMs, type Stamp } from './stamp.ts';

describe('stamps', () => {
  it('[V3] of a write are larger than the one it saw, whatever the clock says', () => {
    fc.assert(
      fc.property(fc.double(), fc.nat(2 ** 40 - 2), (nowMs, seen) => {
        fc.pre(!Number.isNaN(nowMs));
        const stamp = nextStamp(nowMs, seen as Stamp);
        expect(isStamp(stamp)).toBe(true);
        expect(stamp).toBeGreaterThan(seen);
      }),
      { numRuns: 1000 },
    );
  });

  it('[V3] follow wall time in quarter seconds since 2024', () => {
    expect(stampAt(Date.UTC(2024, 0, 1))).toBe(0);
    expect(stampAt(Date.UTC(2024, 0, 1, 0, 0, 1))).toBe(4);
    expect(stampToMs(stampAt(Date.UTC(2026, 10, 22)))).toBe(Date.UTC(2026, 10, 22));
    expect(nextStamp(Date.UTC(2024, 0, 1, 0, 0, 1), undefined)).toBe(4);
  });

  it('[V3] of a write are never 0, which marks a folded bundle, even under a clock before 2024', () => {
    expect(nextStamp(0, undefined)).toBe(1);
  });

  it('[V3] stay below 2^40', () => {
    expect(stampAt(Number.MAX_SAFE_INTEGER)).toBe(2 ** 40 - 1);
    expect([2 ** 40, -1, 0.5, '5', null].map((value) => isStamp(value))).toEqual([false, false, false, false, false]);
  });
});
