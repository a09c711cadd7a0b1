import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { foldUpdates } from './snapshot.ts';

/** Updates of a document several writers have edited: entries, notes, maps and deletions. */
const updates = fc
  .array(
    fc.record({
      writer: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('push', 'delete', 'text', 'cut', 'map'),
      at: fc.nat(20),
      text: fc.string({ maxLength: 8 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    const doc = new Y.Doc();
    const made: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => made.push(update));
    for (const { writer, kind, at, text } of steps) {
      doc.clientID = writer;
      doc.transact(() => {
        const [list, note] = [doc.getArray('r'), doc.getText('n/aaaaaaaa')];
        if (kind === 'push') list.push([['row', 'n', text, at]]);
        if (kind === 'delete' && list.length > 0) list.delete(at % list.length);
        if (kind === 'text') note.insert(at % (note.length + 1), text);
        if (kind === 'cut' && note.length > 0) note.delete(at % note.length, 1);
        if (kind === 'map') doc.getMap('m').set(text.slice(0, 2), new Y.Array());
      });
    }
    return made;
  });

const read = (all: readonly Uint8Array[]): unknown => {
  const doc = new Y.Doc();
  for (const one of all) Y.applyUpdate(doc, one);
  return [doc.getArray('r').toJSON(), doc.getText('n/aaaaaaaa').toJSON(), doc.getMap('m').toJSON(), Y.encodeStateVector(doc)];
};

describe('snapshot', () => {
  it('[K26] stands for the updates it was folded from, also with later ones on top', () => {
    fc.assert(
      fc.property(updates, fc.nat(60), (all, cut) => {
        const folded = foldUpdates(all.slice(0, cut));
        expect(folded).toBeDefined();
        expect(read([folded!, ...all.slice(cut)])).toEqual(read(all));
      }),
      { numRuns: 500 },
    );
  });

  it('[K26] is not made of what cannot be read or is incomplete', () => {
    const doc = new Y.Doc();
    const made: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => made.push(update));
    doc.getText('t').insert(0, 'a');
    doc.getText('t').insert(1, 'b');

    expect(foldUpdates([made[1]!])).toBeUndefined();
    expect(foldUpdates([Uint8Array.of(9, 9, 9)])).toBeUndefined();
  });
});
