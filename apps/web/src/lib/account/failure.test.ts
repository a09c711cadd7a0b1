import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

const refusal = (message: string, more: object): Error => Object.assign(new Error(message), more);

test('[J32] a refusal keeps its own words, and says when it is possible again', () => {
  expect(failureOf(refusal('That was tried too often.', { code: 'too-many-attempts', retryAfterSeconds: 60 }))).toEqual({
    code: 'too-many-attempts',
    text: 'That was tried too often. Possible again in 60 seconds.',
  });
  expect(failureOf(refusal('That was tried too often.', { code: 'too-many-attempts', retryAfterSeconds: 900 })).text).toMatch(
    /15 minutes\.$/,
  );
  expect(failureOf(refusal('Too many attempts; come back in 670 seconds.', { code: 'rate-limit', retryAfterSeconds: 670 })).text).toBe(
    'Too many attempts. Possible again in 12 minutes.',
  );
  expect(failureOf(refusal('The code is wrong. Take the newest one.', { code: 'wrong-code' })).text).toBe(
    'The code is wrong. Take the newest one.',
  );
});

test('[J32] a fault of the app itself is told as one, without its innards', () => {
  for (const fault of [new TypeError('x is undefined'), 'text', null])
    expect(failureOf(fault)).toEqual({
      code: 'unexpected',
      text: 'Something in this app failed. Reload the page and try again; everything on this device stays as it is.',
    });
});
