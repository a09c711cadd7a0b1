import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonType, parseStrictJson } from './strict-json.ts';

const read = (text: string): unknown => parseStrictJson(new TextEncoder().encode(text));

describe('strict JSON', () => {
  it('[I22] reads what JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, isSpaced) => {
        const text = JSON.stringify(value, undefined, isSpaced ? 2 : undefined);
        if (text.includes('"__proto__":')) return;
        expect(read(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
    );
  });

  it('[I22] refuses what two readers could understand differently', () => {
    const wrong = [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"a":1, "b":{"c":1,"c" :2}}',
      '[{"__proto__":{}}]',
      '{"__pr\\u006fto__":1}',
      '{"a":1e999}',
      '[-1e400]',
      `${'['.repeat(17)}${']'.repeat(17)}`,
      '\uFEFF{}',
      '{"a":1}{"b":2}',
      '',
    ];

    for (const text of wrong) expect(read(text), text).toBeUndefined();
    expect(parseStrictJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
    for (const text of ['{"a":[{"b":1},{"b":2}],"b":1}', '{"a":"{\\"a\\":1,\\"a\\":2}"}', '"9e999 [[[[[[[[[[[[[[[[[[[["'])
      expect(read(text), text).toEqual({ value: JSON.parse(text) as unknown });
  });

  it('[I22] reads texts of megabytes, whatever they are made of', () => {
    for (const part of ['A', '\\n', '\\"', '\\\\']) expect(read(`{"a":"${part.repeat(3_000_000)}","b":1,"b":2}`), part).toBeUndefined();
    expect(read(`{"a":"${'\\"'.repeat(3_000_000)}"}`)).toBeDefined();
  });

  it('[I22] a body is JSON only when it says so', () => {
    for (const right of ['application/json', 'Application/JSON; charset=utf-8', ' application/json ']) expect(isJsonType(right)).toBe(true);
    for (const wrong of ['application/jsonp', 'text/json', 'application/json-seq', '', undefined, 'x;application/json'])
      expect(isJsonType(wrong)).toBe(false);
  });
});
