import { describe, expect, it } from 'vitest';
import { httpProblems, type HttpProblemCode } from '../errors.ts';
import { check, createCollectionAnswer, createCollectionBody, problemBody, problemOf } from './index.ts';

const id = 'A'.repeat(22);
const secretHash = 'a'.repeat(43);

describe('bodies over HTTP', () => {
  it('[F14] are read when they are as described', () => {
    expect(check(createCollectionBody, { id, secretHash })).toEqual({ ok: true, value: { id, secretHash } });
    expect(check(createCollectionAnswer, { id, created: true, newer: 1 })).toEqual({ ok: true, value: { id, created: true } });
  });

  it('[F14] otherwise come with a sentence for every mistake', () => {
    expect(check(createCollectionBody, { id: 'x', secretHash: 'y' })).toEqual({
      ok: false,
      mistakes: [
        'id: a collection id is 22 letters and digits',
        'secretHash: a secret hash is the base64url SHA-256 of the link secret, without padding',
      ],
    });
    expect([null, 5, [], { secretHash }, { id, secretHash, extra: 1 }].map((body) => check(createCollectionBody, body).ok)).toEqual([
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
