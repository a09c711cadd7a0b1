import type { ItemRow } from '@cacaw/core';
import type { BlobHash, ItemId } from '@cacaw/protocol';
import type { DetectedItem } from '@cacaw/protocol/detection';
import { expect, test } from 'vitest';
import { KnownItems } from './known-items.ts';

const photo = 'b'.repeat(64) as BlobHash;
const unsaid = { series: '', barcodes: [], photos: [], detected: null, trashedAt: null, mergedInto: null };
const row = (id: string, change: object): ItemRow => ({ ...unsaid, id: id as ItemId, ...change }) as unknown as ItemRow;
const proposed = (change: Partial<DetectedItem>): Parameters<KnownItems['duplicateOf']>[0] => ({
  photo,
  isTicked: true,
  edited: {},
  proposed: { name: '', series: '', barcodes: [], ...change } as unknown as DetectedItem,
});

test('[W75] a proposal is flagged with the item of the same barcode, else with the one of the likest name', () => {
  const known = new KnownItems(
    [
      row('lamp', { name: 'Brass lamp' }),
      row('lamps', { name: 'Brass lamps' }),
      row('tin', { name: 'Tin', barcodes: ['96385074'] }),
      row('shelf', { name: 'Shelf photo' }),
      row('gone', { name: 'Teapot', trashedAt: 1 }),
    ],
    'shelf' as ItemId,
  );

  expect(known.duplicateOf(proposed({ name: 'lamp, brass' }))).toMatchObject({ row: { id: 'lamp' }, why: 'name' });
  expect(known.duplicateOf(proposed({ name: 'Brass lamp', barcodes: ['96385074'] }))).toMatchObject({ row: { id: 'tin' }, why: 'barcode' });
  for (const name of ['Shelf photo', 'Teapot', 'Door', '']) expect(known.duplicateOf(proposed({ name })), name).toBeUndefined();
});

test('[W75] the same name in another series is no duplicate, and items of the same photo are known', () => {
  const known = new KnownItems(
    [
      row('base', { name: 'Pikachu', series: 'Base Set', detected: { photo } }),
      row('photo', { name: 'Shelf photo', photos: [{ hash: photo }] }),
      row('other', { name: 'Other' }),
    ],
    'me' as ItemId,
  );

  expect(known.duplicateOf(proposed({ name: 'Pikachu', series: 'Jungle' }))).toBeUndefined();
  expect(known.duplicateOf(proposed({ name: 'Pikachu' }))?.row.id).toBe('base');
  expect(known.ofPhoto(photo).map(({ id }) => id)).toEqual(['base', 'photo']);
});

test('[W75] a like name of an item that has the photo or was made of it is told from a like name alone', () => {
  const known = new KnownItems(
    [
      row('ball', { name: 'Brown ball', photos: [{ hash: photo }] }),
      row('made', { name: 'Atlas', detected: { photo } }),
      row('tin', { name: 'Tin', barcodes: ['96385074'] }),
      row('lamp', { name: 'Brass lamp' }),
    ],
    'shelf' as ItemId,
  );
  const lines = ['Brown ball', 'Atlas', 'Can', 'Brass lamp', 'Globe'].map((name) =>
    proposed({ name, barcodes: name === 'Can' ? ['96385074'] : [] }),
  );

  expect(lines.map((line) => known.duplicateOf(line)?.why)).toEqual(['photo', 'photo', 'barcode', 'name', undefined]);
});
