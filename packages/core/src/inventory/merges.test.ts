import type { ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/arbitrary.ts';
import { isMergePointer, representativeOf } from './merges.ts';

const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(14) as ItemId);
const pointers = fc.array(fc.constantFrom<unknown>(...ids, null, 7, 'zzzzzzzzzzzzzz', 'not an id'), {
  minLength: ids.length,
  maxLength: ids.length,
});

test('[M17] whatever pointers were stored, circles included, following them ends at an item that is not merged away', () => {
  fc.assert(
    fc.property(pointers, (stored) => {
      const into = new Map(ids.map((id, at) => [id, stored[at]]));
      for (const id of ids) {
        let steps = 0;
        const found = representativeOf(id, (one) => {
          if ((steps += 1) > ids.length) throw new Error('this never ends');
          return into.get(one);
        });
        expect(isMergePointer(found, into.get(found))).toBe(false);
        expect(found <= id).toBe(true);
      }
    }),
    runs,
  );
});
