import { describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

describe('the breaker', () => {
  it('[O14] opens after five failures in a row, lets one try after half a minute, and closes when it is answered', () => {
    let now = 0;
    const breaker = createBreaker({ now: () => now, after: () => () => undefined });
    for (let count = 0; count < 4; count += 1) breaker.note('failed');
    breaker.note('answered');
    for (let count = 0; count < 5; count += 1) {
      expect(breaker.waitMs()).toBe(0);
      breaker.note('failed');
    }

    expect([breaker.isOpen(), breaker.waitMs()]).toEqual([true, 30_000]);
    now = 30_000;
    expect(breaker.isOpen()).toBe(false);
    expect([breaker.waitMs(), breaker.waitMs()]).toEqual([0, 30_000]);
    breaker.note('failed');
    expect(breaker.waitMs()).toBe(30_000);
    now = 60_000;
    expect(breaker.waitMs()).toBe(0);
    breaker.note('answered');
    expect([breaker.waitMs(), breaker.waitMs()]).toEqual([0, 0]);
  });

  it('[O67] leaves alone for one caller what failed for that one only, and for all as soon as it fails for another', () => {
    let now = 0;
    const breaker = createBreaker({ now: () => now, after: () => () => undefined });
    for (let count = 0; count < 6; count += 1) breaker.note('failed', 'anna');

    expect(['anna', 'ben', 'cara'].map((whose) => breaker.waitMs(whose))).toEqual([30_000, 0, 0]);
    expect([breaker.isOpen(), breaker.waitMs('ben')]).toEqual([true, 0]);
    breaker.note('failed', 'ben');
    expect(['anna', 'ben', 'cara'].map((whose) => breaker.waitMs(whose))).toEqual([30_000, 30_000, 30_000]);
    now = 30_000;
    expect(['cara', 'ben'].map((whose) => breaker.waitMs(whose))).toEqual([0, 30_000]);
    breaker.note('answered', 'cara');
    expect(['anna', 'ben'].map((whose) => breaker.waitMs(whose))).toEqual([0, 0]);
  });
});
