import type { PhotoOnItsWay } from '@cacaw/client';
import type { ItemRow } from '@cacaw/core';
import type { BlobHash, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { onItsWayText } from './on-its-way.ts';

const [one, other] = ['1', '2'] as unknown as readonly BlobHash[] as readonly [BlobHash, BlobHash];
const entry = (use: 'photo' | 'file', ...items: readonly string[]): PhotoOnItsWay => ({
  hash: one,
  use,
  items: items as readonly ItemId[],
  state: 'waiting',
  bytes: 1,
  sent: 0,
});
const row = (parts: object): ItemRow => ({ name: 'Lamp', photos: [], files: [], ...parts }) as unknown as ItemRow;

test('[W54] what is on its way is named by its item, a photo by caption or place, a file by its name', () => {
  const photos = [
    { hash: other, caption: '' },
    { hash: one, caption: '' },
  ];

  expect(onItsWayText(entry('photo', 'a'), row({ photos }))).toEqual({ item: 'Lamp', part: 'Photo 2 of 2' });
  expect(onItsWayText(entry('photo', 'a'), row({ photos: [{ hash: one, caption: 'The base' }] })).part).toBe('The base');
  expect(onItsWayText(entry('file', 'a', 'b'), row({ files: [{ hash: one, name: 'receipt.pdf' }] }))).toEqual({
    item: 'Lamp and 1 more',
    part: 'receipt.pdf',
  });
});

test('[W54] what is on its way has a name before its item is read, and when that is gone', () => {
  expect(onItsWayText(entry('photo', 'a'), undefined)).toEqual({ item: 'An item', part: 'Photo' });
  expect(onItsWayText(entry('file', 'a'), null)).toEqual({ item: 'An item', part: 'File' });
});
