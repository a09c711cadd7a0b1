import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeDocument, isDocumentName, notesDocument, parseDocumentName, rootDocument, rowsDocument } from './document-name.ts';
import {
  isCollectionId,
  isFolderId,
  isItemId,
  isLocalId,
  isShardId,
  isWriterId,
  itemId,
  localOf,
  newCollectionId,
  newCommandId,
  newFolderId,
  newLocalId,
  newShardId,
  newWriterId,
  shardOf,
} from './ids.ts';
import { SeededRandom } from '../test/random.ts';

const seeded = fc.nat().map((seed) => new SeededRandom(seed));

describe('ids', () => {
  it('[V6] that were made are ones, and an item id names its shard for ever', () => {
    fc.assert(
      fc.property(seeded, (random) => {
        const shard = newShardId(random);
        const local = newLocalId(random);
        const item = itemId(shard, local);
        expect([
          isCollectionId(newCollectionId(random)),
          isShardId(shard),
          isLocalId(local),
          isItemId(item),
          isFolderId(newFolderId(random)),
          isWriterId(newWriterId(random)),
        ]).toEqual(Array.from({ length: 6 }, () => true));
        expect([shardOf(item), localOf(item)]).toEqual([shard, local]);
        expect(newCommandId(random)).toHaveLength(22);
      }),
      { numRuns: 1000 },
    );
  });

  it('[V6] of another form are none', () => {
    expect([isCollectionId('abc'), isShardId('abc-ef'), isItemId(5), isFolderId(''), isLocalId('abcdefg\n')]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect([0, -1, 0.5, 2 ** 32, '5'].map((one) => isWriterId(one))).toEqual([false, false, false, false, false]);
  });

  it('[V6] use every letter and digit about equally', () => {
    const random = new SeededRandom(5);
    const counts = new Map<string, number>();
    for (let times = 0; times < 2_000; times += 1)
      for (const letter of newCollectionId(random)) counts.set(letter, (counts.get(letter) ?? 0) + 1);

    expect(counts.size).toBe(62);
    expect(Math.min(...counts.values()) / Math.max(...counts.values())).toBeGreaterThan(0.7);
  });
});

describe('document names', () => {
  const shard = 'abcDE1' as never;

  it('[V7] are taken apart as they were made', () => {
    expect(parseDocumentName(rootDocument(3))).toEqual({ kind: 'root', base: 'root', generation: 3 });
    expect(parseDocumentName(rowsDocument(shard))).toEqual({ kind: 'rows', shard, base: 'rows.abcDE1', generation: 0 });
    expect(parseDocumentName(notesDocument(shard, 12))).toEqual({ kind: 'notes', shard, base: 'notes.abcDE1', generation: 12 });
    expect(parseDocumentName(freeDocument('notebook'))).toEqual({ kind: 'free', id: 'notebook', base: 'free.notebook', generation: 0 });
  });

  it('[V7] of another form are none', () => {
    const others = [
      'root',
      'root.x.0',
      'root.01',
      'rows.0',
      'rows.abc.0',
      'rows.abcDE1',
      'free..0',
      'free.a/b.0',
      'other.a.0',
      'root.0\n',
      'root.-1',
      'root.9999999999',
    ];
    expect(others.map((name) => isDocumentName(name))).toEqual(others.map(() => false));
  });

  it('[V7] are read from any text without an error', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const parsed = parseDocumentName(name);
        if (parsed !== undefined) expect(`${parsed.base}.${parsed.generation}`).toBe(name);
      }),
    );
  });
});
