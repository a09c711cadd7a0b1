import { blobRefusals } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { nameOfFile, problemText, standingWords } from './photo-words.ts';

test('[W52] every refusal of the server says what to do, and no two say the same', () => {
  const told = blobRefusals.map((code) => standingWords({ state: 'refused', code }));

  expect(new Set(told.map(({ more }) => more)).size).toBe(blobRefusals.length);
  expect(told.every(({ word, tone, more }) => word === 'Refused' && tone === 'act' && more.endsWith('.'))).toBe(true);
});

test('[W52] what is on its way says how far it is', () => {
  expect(standingWords({ state: 'sending', sent: 41, of: 100 }).word).toBe('Sending 41 %');
  expect(standingWords({ state: 'only-here' }).word).toBe('Only here');
  expect(standingWords({ state: 'no-room' }).tone).toBe('act');
});

test('[W52] a file that becomes no photo is named, with what to do', () => {
  expect(problemText('wall.png', 'too-many-pixels')).toBe('“wall.png” has more than 50 megapixels. Make it smaller and add it again.');
});

test('[W52] an item made of a photo is called as its file, without ending and underscores', () => {
  expect(nameOfFile('Red_mug  2.JPG')).toBe('Red mug 2');
  expect(nameOfFile('.jpg')).toBe('Photo');
  expect(nameOfFile('St. Ives')).toBe('St. Ives');
});
