import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, canonicalJson, ValueError, type Json } from './canonical-json.ts';

const json = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, shuffled(one)]),
  );
}

describe('canonical JSON', () => {
  it('[V1] of one value is one text, whatever the order of its keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(canonicalize(shuffled(value)))).toBe(canonicalJson(canonicalize(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it('[V1] says the same as the value, and saying it again changes nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const once = canonicalize(value);
        expect(canonicalize(once)).toEqual(once);
        expect(JSON.parse(canonicalJson(once))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it('[V1] is a frozen copy', () => {
    const value = { a: [1, { b: 2 }] };
    const copy = canonicalize(value) as { readonly a: readonly Json[] };

    value.a.push(3);
    expect(copy).toEqual({ a: [1, { b: 2 }] });
    expect([copy, copy.a, copy.a[1]].every((one) => Object.isFrozen(one))).toBe(true);
  });

  it('[V2] refuses what has no total order or no JSON form', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    const refused = [
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      new Uint8Array(1),
      new Date(0),
      () => 1,
      Symbol('x'),
      [undefined],
      JSON.parse('{"__proto__":1}'),
      deep(17),
    ];

    for (const value of refused) expect(() => canonicalize(value)).toThrow(ValueError);
    expect(() => canonicalize(deep(16))).not.toThrow();
  });

  it('[V2] makes -0 zero and lone surrogates well-formed, in keys too', () => {
    expect(Object.is(canonicalize(-0), 0)).toBe(true);
    expect(canonicalize('a\ud800')).toBe('a\ufffd');
    expect(canonicalize({ 'a\ud800': 1 })).toEqual({ 'a\ufffd': 1 });
  });
});
