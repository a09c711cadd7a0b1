import type { LogEntry } from '@cacaw/core/device';
import type { DocumentName, MemberId, Ref, Seq, WriterId } from '@cacaw/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTail, type Tail } from './tail.ts';

const update = (seq: number, size = 1): LogEntry => ({
  kind: 'update',
  seq: seq as Seq,
  document: 'root.0' as DocumentName,
  writer: 1 as WriterId,
  member: 1 as MemberId,
  receivedAt: 0,
  bytes: new Uint8Array(size),
});
const ack = (seq: number, ref = seq): LogEntry => ({ kind: 'ack', seq: seq as Seq, writer: 2 as WriterId, ref: ref as Ref });
const chainOf = (seq: number): Uint8Array => new Uint8Array(8).fill(seq);
const add = (tail: Tail, ...entries: readonly LogEntry[]): void => tail.add(entries, chainOf(entries.at(-1)?.seq ?? 0));
const at = (seq: number): Seq => seq as Seq;

describe('the tail', () => {
  it('[L11] gives what follows the cursor as one run, with the chain of its end', () => {
    const tail = createTail();
    add(tail, update(4), update(5));
    add(tail, ack(6));

    expect(tail.take(at(3))).toMatchObject({
      entries: [{ seq: 4 }, { seq: 5 }, { seq: 6 }],
      end: { seq: 6, chain: chainOf(6) },
      passed: [],
    });
    expect(tail.isEmpty).toBe(true);
    expect(tail.take(at(6))).toBe('nothing');
  });

  it('[L11] takes once what came twice', () => {
    const tail = createTail();
    add(tail, update(4), update(5));
    add(tail, update(4), update(5));
    add(tail, update(5), update(6));

    expect(tail.take(at(3))).toMatchObject({ entries: [{ seq: 4 }, { seq: 5 }, { seq: 6 }], end: { seq: 6 } });
  });

  it('[L11] gives what comes before a hole, then says that there is one', () => {
    const tail = createTail();
    add(tail, update(4));
    add(tail, update(6));

    expect(tail.take(at(3))).toMatchObject({ end: { seq: 4 } });
    expect(tail.take(at(4))).toBe('gap');
    expect(tail.take(at(5))).toMatchObject({ entries: [{ seq: 6 }] });
  });

  it('[L13] names own commits that a pull has passed', () => {
    const tail = createTail();
    add(tail, update(4));
    add(tail, ack(5));
    add(tail, update(6));

    expect(tail.take(at(5))).toMatchObject({ entries: [{ seq: 6 }], end: { seq: 6 }, passed: [{ seq: 5, ref: 5 }] });
  });

  it('[L13] drops updates beyond its bound, but never an own commit', () => {
    const tail = createTail(10);
    add(tail, update(4, 8));
    add(tail, ack(5));
    add(tail, update(6, 8));
    add(tail, update(7, 8));

    expect(tail.take(at(3))).toBe('gap');
    tail.mend();
    add(tail, update(8, 8));
    expect(tail.take(at(7))).toMatchObject({ entries: [{ seq: 8 }], passed: [{ seq: 5 }] });
    expect(tail.isEmpty).toBe(true);
  });

  it('[L11] loses and repeats nothing, however frames are cut, repeated and taken', () => {
    const frames = fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 5 }), back: fc.nat(4), isOwn: fc.boolean(), take: fc.boolean() }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(frames, (plan) => {
        const tail = createTail();
        const seen: number[] = [];
        let sent = 0;
        let cursor = at(0);
        const drain = (): void => {
          for (let run = tail.take(cursor); typeof run !== 'string'; run = tail.take(cursor)) {
            seen.push(...run.entries.map(({ seq }) => seq));
            cursor = run.end?.seq ?? cursor;
          }
        };
        for (const { length, back, isOwn, take } of plan) {
          const from = Math.max(1, sent + 1 - back);
          const entries = Array.from({ length: sent + length - from + 1 }, (_, index) =>
            isOwn ? ack(from + index) : update(from + index),
          );
          add(tail, ...entries);
          sent += length;
          if (take) drain();
        }
        drain();
        expect(seen).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
        expect(tail.isEmpty).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
