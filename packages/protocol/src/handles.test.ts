import { describe, expect, it } from 'vitest';
import { rootDocument, rowsDocument } from './document-name.ts';
import { createHandleBook, createHandleNames } from './handles.ts';
import type { CollectionId, ShardId, WriterId } from './ids.ts';
import type { Define } from './messages.ts';

const collection = 'A'.repeat(22) as CollectionId;
const other = 'B'.repeat(22) as CollectionId;

/** A receiver that knows a collection under handle 1. */
function joined(maxNames = 100): ReturnType<typeof createHandleNames> {
  const names = createHandleNames(maxNames);
  names.define(createHandleBook().handleFor('collection', 0, collection).define);
  return names;
}

describe('handles', () => {
  it('[F9] stand for the names they were defined with, per table and collection', () => {
    const book = createHandleBook();
    const names = createHandleNames(100);
    const one = book.handleFor('collection', 0, collection);
    const two = book.handleFor('collection', 0, other);
    const inOne = book.handleFor('document', one.handle, rootDocument());
    const inTwo = book.handleFor('document', two.handle, rowsDocument('abcdef' as ShardId));
    const writer = book.handleFor('writer', one.handle, 5 as WriterId);

    expect([one, two, inOne, inTwo, writer].map(({ define }) => names.define(define))).toEqual(Array.from({ length: 5 }, () => 'defined'));
    expect(names.nameOf('collection', 0, two.handle)).toBe(other);
    expect(names.nameOf('document', one.handle, inOne.handle)).toBe('root.0');
    expect(names.nameOf('document', two.handle, inTwo.handle)).toBe('rows.abcdef.0');
    expect(names.nameOf('writer', one.handle, writer.handle)).toBe(5);
  });

  it('[F9] are given once per name, and say whether they are new', () => {
    const book = createHandleBook();
    const first = book.handleFor('document', 1, rootDocument());
    const again = book.handleFor('document', 1, rootDocument());
    const next = book.handleFor('document', 1, rootDocument(1));

    expect([first.isNew, again.isNew, next.isNew]).toEqual([true, false, true]);
    expect(again.handle).toBe(first.handle);
    expect(next.handle).not.toBe(first.handle);
  });

  it('[F9] nobody defined stand for nothing', () => {
    expect(joined().nameOf('document', 1, 7)).toBeUndefined();
    expect(joined().nameOf('collection', 0, 2)).toBeUndefined();
  });

  it('[F10] are never given another meaning', () => {
    const names = joined();
    const define: Define = { type: 'define', table: 'document', handle: 1, collection: 1, name: rootDocument() };

    expect(names.define(define)).toBe('defined');
    expect(names.define({ ...define, name: rootDocument(1) })).toBe('refused');
    expect(names.nameOf('document', 1, 1)).toBe('root.0');
  });

  it('[F10] under a collection nobody defined are refused', () => {
    expect(joined().define({ type: 'define', table: 'writer', handle: 1, collection: 2, name: 5 as WriterId })).toBe('refused');
    expect(createHandleNames(5).define({ type: 'define', table: 'collection', handle: 1, collection: 3, name: collection })).toBe(
      'refused',
    );
  });

  it('[F10] are bounded in number', () => {
    const names = joined(3);
    const kinds = [1, 2, 3].map((handle) =>
      names.define({ type: 'define', table: 'writer', handle, collection: 1, name: handle as WriterId }),
    );
    expect(kinds).toEqual(['defined', 'defined', 'refused']);
  });
});
