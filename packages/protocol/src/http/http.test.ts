import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpProblems, type HttpProblemCode } from '../http-problems.ts';
import { check, claimDeviceBody, createCollectionAnswer, createCollectionBody, isBase64, problemBody, problemOf } from './index.ts';

const id = 'A'.repeat(22);

describe('bodies over HTTP', () => {
  it('[F14] are read when they are as described', () => {
    expect(check(createCollectionBody, { id })).toEqual({ ok: true, value: { id } });
    expect(check(createCollectionAnswer, { id, created: true, newer: 1 })).toEqual({ ok: true, value: { id, created: true } });
  });

  it('[F14] otherwise come with a sentence for every mistake', () => {
    expect(check(claimDeviceBody, { secret: 'y' })).toEqual({
      ok: false,
      mistakes: ['secret: a secret is 43 characters of base64url'],
    });
    expect([null, 5, [], {}, { id, secretHash: 'a'.repeat(43) }].map((body) => check(createCollectionBody, body).ok)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('[F14] that say a problem carry its stable code', () => {
    for (const code of Object.keys(httpProblems) as HttpProblemCode[]) {
      const problem = problemOf(code, `Collection ${id} is what this is about.`);
      expect(check(problemBody, JSON.parse(JSON.stringify(problem)))).toEqual({ ok: true, value: problem });
      expect(problem.status).toBe(httpProblems[code].status);
    }
  });
});

describe('base64 of a picture', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '+', '/', '=', ',', ':', ';', '-', '_', 'é', '\n') });
  const texts = fc.oneof(
    letters,
    letters.map((text) => `data:image/png;base64,${text}`),
    fc.base64String(),
    fc.string(),
  );

  it('[O8] is what its pattern says, found without it', () => {
    const pattern = new RegExp(isBase64.pattern);
    fc.assert(
      fc.property(texts, (text) => {
        expect(isBase64(text)).toBe(pattern.test(text));
      }),
    );
  });
});
