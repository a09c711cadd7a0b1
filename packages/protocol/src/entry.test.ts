import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from './canonical-json.ts';
import { compareRegisters, parseEntry, registersOf, type Register } from './entry.ts';
import type { Stamp } from './stamp.ts';

const register: fc.Arbitrary<Register> = fc.record({
  value: fc
    .oneof(fc.constantFrom(null, true, 0, 1, '', 'a'), fc.jsonValue({ maxDepth: 2 }))
    .map((value) => canonicalize(JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'x')))),
  stamp: fc.nat(3) as fc.Arbitrary<number> as fc.Arbitrary<Stamp>,
});

describe('entries', () => {
  it('[V4] are read from anything without an error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const entry = parseEntry(value);
        if (entry !== undefined) expect(registersOf(entry)).toBeInstanceOf(Array);
      }),
      { numRuns: 1000 },
    );
  });

  it('[V4] carry one register, or a bundle of first fields under one stamp', () => {
    expect(registersOf(parseEntry(['row', 'n', 'box', 5]) as never)).toEqual([['n', { value: 'box', stamp: 5 }]]);
    expect(registersOf(parseEntry(['row', 0, { n: 'box', q: 1 }, 5]) as never)).toEqual([
      ['n', { value: 'box', stamp: 5 }],
      ['q', { value: 1, stamp: 5 }],
    ]);
  });

  it('[V4] that were folded carry a stamp per field, and a malformed field is skipped', () => {
    expect(registersOf(parseEntry(['row', 0, { n: ['box', 7], q: 1, w: [2, -1] }, 0]) as never)).toEqual([
      ['n', { value: 'box', stamp: 7 }],
    ]);
  });

  it('[V4] of any other shape are none', () => {
    const others = [
      ['row', 'n', 'box'],
      ['', 'n', 1, 5],
      ['row', '', 1, 5],
      ['row', 0, [1], 5],
      ['row', 'n', undefined, 5],
      ['row', 'n', 1, 2 ** 40],
      [5, 'n', 1, 5],
      'row',
      null,
    ];
    expect(others.map((one) => parseEntry(one))).toEqual(others.map(() => undefined));
  });

  it('[V5] are in one total order: the larger stamp, then the larger canonical JSON', () => {
    fc.assert(
      fc.property(register, register, register, (a, b, c) => {
        expect(Math.sign(compareRegisters(a, b))).toBe(-Math.sign(compareRegisters(b, a)) + 0);
        if (compareRegisters(a, b) <= 0 && compareRegisters(b, c) <= 0) expect(compareRegisters(a, c)).toBeLessThanOrEqual(0);
        if (compareRegisters(a, b) === 0) expect(a).toEqual(b);
        if (a.stamp > b.stamp) expect(compareRegisters(a, b)).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
