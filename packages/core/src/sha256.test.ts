import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

const ours = (bytes: Uint8Array): string => Buffer.from(sha256(bytes)).toString('hex');
const byNode = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('[S55] the hash of a text is SHA-256, for whatever bytes and at every length around a block', () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = new Uint8Array(length).fill(length);
    expect(ours(bytes)).toBe(byNode(bytes));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      expect(ours(bytes)).toBe(byNode(bytes));
    }),
  );
});
