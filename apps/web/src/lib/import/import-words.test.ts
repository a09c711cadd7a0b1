import { expect, test } from 'vitest';
import { additions, counted, sampleOf } from './import-words.ts';

test('[W29] an import counts one thing as one and many as many', () => {
  expect(counted(1, 'item')).toBe('1 item');
  expect(counted(0, 'row')).toBe('0 rows');
  expect(counted(4993, 'item')).toBe(`${(4993).toLocaleString()} items`);
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
