import { describe, expect, it } from 'vitest';
import { closeReasons, isRetryableClose, refusals } from './errors.ts';
import { httpProblems } from './http-problems.ts';

describe('outcomes', () => {
  it('[F13] each say whether to try again, and a close code says it by its number', () => {
    for (const { code, advice } of Object.values(closeReasons)) expect([code, isRetryableClose(code)]).toEqual([code, advice === 'retry']);
    expect([1006, 1012, 3000].map((code) => isRetryableClose(code))).toEqual([true, true, true]);
  });

  it('[F13] have numbers of their own', () => {
    const codes = Object.values(closeReasons).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(
      Object.entries(httpProblems).filter(([, { status, advice }]) => (advice === 'retry') !== (status === 429 || status >= 500)),
    ).toEqual([]);
  });

  it('[F13] put only what is refused for good into the tray', () => {
    expect(
      Object.entries(refusals)
        .filter(([, one]) => one.tray)
        .map(([kind]) => kind),
    ).toEqual(['rule', 'role', 'schema']);
    expect(
      Object.entries(refusals)
        .filter(([, one]) => one.advice === 'retry')
        .map(([kind]) => kind),
    ).toEqual(['busy']);
  });
});
