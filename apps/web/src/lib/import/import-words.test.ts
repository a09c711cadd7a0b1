import type { CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { additions, counted, restoredText, sampleOf } from './import-words.ts';

test('[W29] an import counts one thing as one and many as many', () => {
  expect(counted(1, 'item')).toBe('1 item');
  expect(counted(0, 'row')).toBe('0 rows');
  expect(counted(4993, 'item')).toBe(`${(4993).toLocaleString()} items`);
});

test('[W29] what came back is counted, and of how much where it ended early', () => {
  const restored = { ended: 'done', items: 12, itemsInAll: 12, blobs: 0, collections: ['a' as CollectionId] } as const;
  expect(restoredText(restored)).toBe('12 items in 1 collection brought back.');
  expect(restoredText({ ...restored, blobs: 3 })).toBe('12 items and 3 photos and files in 1 collection brought back.');
  expect(restoredText({ ...restored, ended: 'cancelled', items: 1, blobs: 1 })).toBe(
    '1 of 12 items and 1 photo or file in 1 collection brought back.',
  );
});

test('[W29] an import says what it adds besides items, and only that', () => {
  expect(additions(0, [])).toBe('No new folders or fields.');
  expect(additions(1, [])).toBe('With 1 new folder.');
  expect(additions(0, ['Box', 'Colour'])).toBe('With new fields: Box, Colour.');
  expect(additions(4, ['Box'])).toBe('With 4 new folders and new fields: Box.');
});

test('[W29] an example from a backup reads as words, and text in brackets stays as it is', () => {
  expect(sampleOf('["Attic","Box 3"]')).toBe('Attic, Box 3');
  expect(sampleOf(' [unreadable] ')).toBe('[unreadable]');
  expect(sampleOf('[{"blob":1}]')).toBe('{"blob":1}');
  expect(sampleOf('x'.repeat(90))).toHaveLength(60);
});
