import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { chain, noteRoot as root, placed, starts } from '../../test/placed-structs.ts';
import { mergesWithin } from './merge-cost.ts';

function docOf(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

/** A text of short pieces that stay apart, because every other one is an embedded mark. */
function longText(pieces: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 5;
  doc.getText(root).applyDelta(Array.from({ length: pieces }, (_, at) => ({ insert: at % 2 === 0 ? 'a' : { mark: at } })));
  return doc;
}

describe('merging', () => {
  it('[R26] counts hundreds of structs that all claim the start of a long text', () => {
    expect(mergesWithin(longText(20_000), starts(9, 500))).toBe(false);
  });

  it('[R26] counts structs that claim the start of a long text that comes with them', () => {
    expect(mergesWithin(new Y.Doc(), Y.mergeUpdates([chain(5, 10_000), starts(9, 1_000, { after: [5, 9_999] })]))).toBe(false);
  });

  it('[R26] counts structs that claim distant neighbours', () => {
    const far = { after: [5, 0], before: [5, 19_000] } as const;
    expect(
      mergesWithin(
        longText(20_000),
        placed(
          9,
          Array.from({ length: 100 }, () => far),
        ),
      ),
    ).toBe(false);
  });

  it('[R26] counts writers that set one key without having seen its value', () => {
    const doc = docOf(...Array.from({ length: 1_000 }, (_, client) => placed(client + 1, [{ key: 'k' }])));
    expect(
      mergesWithin(
        doc,
        placed(
          9_000,
          Array.from({ length: 500 }, () => ({ key: 'k' })),
        ),
      ),
    ).toBe(false);
  });

  it('[R26] ends for structs whose neighbours are nowhere', () => {
    const [, second] = [placed(9, [{}]), Y.diffUpdate(chain(9, 3), Y.encodeStateVectorFromUpdate(chain(9, 1)))];
    expect(mergesWithin(new Y.Doc(), second)).toBe(true);
  });

  it('[R26] takes a long text that was typed from its start to its end, in one update', () => {
    expect(mergesWithin(new Y.Doc(), Y.encodeStateAsUpdate(longText(20_000)))).toBe(true);
    expect(mergesWithin(new Y.Doc(), chain(5, 20_000))).toBe(true);
  });

  it('[R26] takes a long text edited in a thousand places, live and as a whole', () => {
    const doc = longText(3_000);
    const reader = docOf(Y.encodeStateAsUpdate(doc));
    const edits: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => edits.push(update));
    for (let edit = 0; edit < 300; edit += 1) doc.getText(root).insert((edit * 37) % 3_000, 'xy');

    for (const edit of edits) {
      expect(mergesWithin(reader, edit, 100)).toBe(true);
      Y.applyUpdate(reader, edit);
    }
    expect(mergesWithin(new Y.Doc(), Y.encodeStateAsUpdate(doc), 20_000)).toBe(true);
  });

  it('[R26] takes whatever two people do to a text and a page while they are apart', () => {
    const edit = fc.record({
      at: fc.nat(60),
      text: fc.string({ minLength: 1, maxLength: 5 }),
      remove: fc.nat(4),
      key: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), fc.array(edit, { maxLength: 40 }), (left, right) => {
        const [ada, ben] = [left, right].map((edits, at) => {
          const doc = new Y.Doc();
          doc.clientID = at + 1;
          for (const { at: where, text, remove, key } of edits) {
            const [note, page] = [doc.getText(root), doc.getXmlFragment('page')];
            note.insert(Math.min(where, note.length), text);
            note.delete(0, Math.min(remove, note.length));
            const block = new Y.XmlElement('p');
            page.insert(Math.min(where, page.length), [block]);
            block.insert(0, [new Y.XmlText(text)]);
            block.setAttribute(key, text);
          }
          return doc;
        }) as [Y.Doc, Y.Doc];
        const update = Y.encodeStateAsUpdate(ben, Y.encodeStateVector(ada));
        expect(mergesWithin(ada, update, 5_000)).toBe(true);
        expect(mergesWithin(new Y.Doc(), Y.encodeStateAsUpdate(ada), 5_000)).toBe(true);
      }),
    );
  });
});
