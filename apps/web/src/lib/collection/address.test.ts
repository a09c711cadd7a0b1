import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress, parseSort, type Address } from './address.ts';

const id = fc.string({ unit: fc.constantFrom('a', 'b', 'X', 'Y', '0', '9'), minLength: 10, maxLength: 14 });
const address = fc.record({
  place: fc.option(fc.oneof(fc.constant(''), fc.constant('recovered'), id), { nil: undefined }),
  item: fc.option(id, { nil: undefined }),
  text: fc.string({ unit: 'grapheme', maxLength: 20 }),
  tags: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 3 }),
  within: fc.boolean(),
  archived: fc.boolean(),
  folders: fc.boolean(),
}) as fc.Arbitrary<Address>;

test('[W22] whatever a screen shows, its address brings back', () => {
  fc.assert(
    fc.property(address, (shown) => {
      expect(parseAddress(new URLSearchParams(formatAddress(shown)))).toEqual(shown);
    }),
    { numRuns: 1000 },
  );
});

test('[W22] an address with nothing to say is empty, and unknown parts are ignored', () => {
  expect(formatAddress(parseAddress(new URLSearchParams('utm=x')))).toBe('');
});

test('[W22] a sort nobody knows falls back to the own order', () => {
  expect(parseSort('-value')).toEqual({ sort: 'value', descending: true });
  expect(parseSort('x:serial')).toEqual({ sort: 'x:serial', descending: false });
  expect(parseSort('-nonsense')).toEqual({ sort: 'order', descending: false });
});
