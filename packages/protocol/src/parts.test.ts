import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../test/random.ts';
import { decodeClientMessage, encodeClientMessage } from './frame.ts';
import { maxFrameBytes, maxMessageBytes } from './limits.ts';
import type { Part } from './messages.ts';
import { createPartJoiner, toFrames } from './parts.ts';

const part = (id: number, last: boolean, length = 10): Part => ({ type: 'part', id, last, bytes: new Uint8Array(length).fill(id) });

function partsOf(frames: readonly Uint8Array[]): Part[] {
  return frames.map((frame) => {
    const decoded = decodeClientMessage(frame);
    if (!decoded.ok || decoded.message.type !== 'part') throw new Error('not a part');
    return decoded.message;
  });
}

describe('messages longer than a frame', () => {
  it('[F7] travel in frames within the limit, interleaved, and come together as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: maxFrameBytes + 1, max: maxFrameBytes * 4 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (sizes, seed) => {
          const random = new SeededRandom(seed);
          const messages = sizes.map((size, at) =>
            encodeClientMessage({ type: 'repair', collection: 1, document: at, bytes: new Uint8Array(size).fill(at + 1) }),
          );
          const queues = messages.map((message, at) => toFrames(message, at));
          expect(Math.max(...queues.flat().map((frame) => frame.length))).toBeLessThanOrEqual(maxFrameBytes);

          const joiner = createPartJoiner(maxMessageBytes);
          const waiting = queues.map((frames) => partsOf(frames));
          const joined = new Map<number, Uint8Array>();
          while (waiting.some((queue) => queue.length > 0)) {
            const next = random.pick(waiting.filter((queue) => queue.length > 0)).shift() as Part;
            const result = joiner.accept(next);
            if (result.kind === 'message') joined.set(next.id, result.bytes);
          }
          expect(messages.every((message, at) => Buffer.compare(message, joined.get(at) ?? new Uint8Array(0)) === 0)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('[F7] that fit into a frame travel as they are', () => {
    const message = encodeClientMessage({ type: 'ping' });
    expect(toFrames(message, 1)).toEqual([message]);
    expect(toFrames(new Uint8Array(maxFrameBytes), 1)).toHaveLength(1);
  });

  it('[F8] are given up when unfinished ones hold more than the limit together', () => {
    const joiner = createPartJoiner(25);
    expect([joiner.accept(part(1, false)), joiner.accept(part(2, false)), joiner.accept(part(1, false))].map((one) => one.kind)).toEqual([
      'more',
      'more',
      'too-large',
    ]);
  });

  it('[F8] are given up when more than 64 are unfinished, however small', () => {
    const joiner = createPartJoiner(maxMessageBytes);
    const kinds = Array.from({ length: 65 }, (_, id) => joiner.accept(part(id, false, 0)).kind);
    expect(kinds.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => 'more'));
    expect(kinds[64]).toBe('too-large');
  });

  it('[F8] are given up when they come in more than 1,024 pieces, however small', () => {
    const joiner = createPartJoiner(maxMessageBytes);
    const kinds = Array.from({ length: 1_025 }, () => joiner.accept(part(1, false, 0)).kind);
    expect([kinds[1_023], kinds[1_024]]).toEqual(['more', 'too-large']);
  });

  it('[F8] free their room when they are finished', () => {
    const joiner = createPartJoiner(25);
    const kinds = Array.from({ length: 2_000 }, () => [joiner.accept(part(1, false)).kind, joiner.accept(part(1, true)).kind]);
    expect(kinds.flat().includes('too-large')).toBe(false);
  });
});
