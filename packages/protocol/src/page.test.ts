import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pages } from '../test/messages.ts';
import { mutated } from '../test/mutate.ts';
import { SeededRandom } from '../test/random.ts';
import { decodePageDocuments, encodePageDocuments } from './page.ts';

describe('the documents of a page', () => {
  it('[F6] read back equal', () => {
    fc.assert(
      fc.property(pages, (documents) => {
        expect(decodePageDocuments(encodePageDocuments(documents))).toEqual(documents);
      }),
      { numRuns: 1000 },
    );
  });

  it('[F6] that were changed on the way are refused or read, never thrown at', () => {
    fc.assert(
      fc.property(pages, fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (documents, noise, seed) => {
        const bytes = mutated(encodePageDocuments(documents), noise, new SeededRandom(seed));
        const found = decodePageDocuments(bytes);
        if (found !== undefined) expect(encodePageDocuments(found)).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('[F6] that claim a length beyond the end are undefined', () => {
    expect(decodePageDocuments(Uint8Array.from([6, ...Buffer.from('root.0'), 0, 0xff, 0xff, 0xff, 0x0f]))).toBeUndefined();
  });
});
