import { blobRefusals } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { mayRetryHelp, nameOfFile, onTheirWayText, problemText, refusalOf, standingWords } from './photo-words.ts';

test('[W52] every refusal of the server says what to do, and no two say the same', () => {
  const told = blobRefusals.map((code) => standingWords({ state: 'refused', code }));

  expect(new Set(told.map(({ more }) => more)).size).toBe(blobRefusals.length);
  expect(told.every(({ word, tone, more }) => word === 'Refused' && tone === 'act' && more.endsWith('.'))).toBe(true);
});

test('[W52] a retry is offered only where the server may say something else next time', () => {
  const helped = blobRefusals.filter((code) => mayRetryHelp({ state: 'refused', code }));

  expect(helped).toEqual(['wrong-hash', 'too-slow']);
  expect([mayRetryHelp({ state: 'lost' }), mayRetryHelp({ state: 'waiting' })]).toEqual([true, false]);
});

test('[W52] a refusal of a newer server has words, too', () => {
  expect([refusalOf('broken'), refusalOf('too-blue'), refusalOf(), refusalOf('constructor')]).toEqual([
    'broken',
    'other',
    'other',
    'other',
  ]);
  expect(standingWords({ state: 'refused', code: 'other' }).more).toMatch(/^The server did not take it\./);
});

test('[W54] what is not on the server yet is counted as what it is', () => {
  const [photo, file] = [{ use: 'photo' }, { use: 'file' }] as const;

  expect(onTheirWayText([photo])).toBe('1 photo not on the server yet');
  expect(onTheirWayText([photo, file, photo])).toBe('2 photos and 1 file not on the server yet');
  expect(onTheirWayText([file, file])).toBe('2 files not on the server yet');
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
