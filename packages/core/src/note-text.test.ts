import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test/arbitrary.ts';
import { Replica } from '../test/replica.ts';
import { spliceBetween, transposeEdit } from './note-text.ts';

const document = 'notes.SSSSSS';
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '👍', '👍🏽', '😀'), maxLength: 20 });
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

test('[M23] an edit is one splice that turns the text before into the text after and cuts no character in two', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const splice = spliceBetween(before, after);
      if (splice === undefined) {
        expect(before).toBe(after);
        return;
      }
      expect(before.slice(0, splice.at) + splice.insert + before.slice(splice.at + splice.remove)).toBe(after);
      expect(halves.test(splice.insert)).toBe(false);
      expect(halves.test(before.slice(splice.at, splice.at + splice.remove))).toBe(false);
    }),
    runs,
  );
});

test('[M23] two people who edit one note apart end with the same text, well formed, with what both inserted', () => {
  fc.assert(
    fc.property(text, text, text, (start, one, other) => {
      const [anna, ben] = [new Replica(1), new Replica(2)];
      anna.apply(document, [{ kind: 'note', row: 'r', before: '', after: start }]);
      ben.pull(anna);
      anna.apply(document, [{ kind: 'note', row: 'r', before: start, after: one }]);
      ben.apply(document, [{ kind: 'note', row: 'r', before: start, after: other }]);
      anna.pull(ben);
      ben.pull(anna);
      const merged = anna.registers(document).note('r');
      expect(ben.registers(document).note('r')).toBe(merged);
      expect(merged.isWellFormed()).toBe(true);
      for (const after of [one, other]) expect(merged).toContain(spliceBetween(start, after)?.insert ?? '');
    }),
    runs,
  );
});

test('[M23] an edit made to an older text is carried over to the current one, or is already there', () => {
  fc.assert(
    fc.property(text, text, text, (before, after, current) => {
      let result = current;
      for (const { at, remove, insert } of transposeEdit({ before, after }, current)) {
        expect(at + remove).toBeLessThanOrEqual(result.length);
        result = result.slice(0, at) + insert + result.slice(at + remove);
      }
      expect(result.isWellFormed()).toBe(true);
      if (current === before || current === after) expect(result).toBe(after);
      else expect(result).toContain(spliceBetween(before, after)?.insert ?? '');
    }),
    runs,
  );
});
