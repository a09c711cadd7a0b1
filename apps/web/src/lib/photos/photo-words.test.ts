import { blobRefusals } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { mayRetryHelp, nameOfFile, onTheirWayText, problemText, refusalOf, roomText, standingWords } from './photo-words.ts';

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

test('[W56] how much room is left is told when it is little', () => {
  expect([roomText(undefined), roomText(null), roomText(20 * 1024 ** 2)]).toEqual(['', '', '']);
  expect(roomText(3_400_000)).toMatch(/^Only 3\.2 MB of storage are left for this collection\. /);
  expect(roomText(0)).toMatch(/^No storage is left for this collection\. .* stays on this device/);
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

test('[W55] an item made of a photo is called as its file, without ending and underscores', () => {
  expect(
    ['Red_mug  2.JPG', 'St. Ives', 'P. Picasso.png', 'Image of Anna.jpg', 'IMG of a lamp.jpg', 'Pat.jpg', '75192.jpg'].map(called),
  ).toEqual(['Red mug 2', 'St. Ives', 'P. Picasso', 'Image of Anna', 'IMG of a lamp', 'Pat', '75192']);
});

test('[W55] a name only a camera has given is no name: the item is called by when its photo was taken', () => {
  const names = [
    'IMG_2042.HEIC',
    'IMG-20261129-WA0003.jpg',
    'DSCN0017.JPG',
    'PXL_20261129_140312345.MP.jpg',
    '20261129_140312.jpg',
    'Screenshot 2026-11-29 at 14.03.12.png',
    'WhatsApp Image 2026-11-29 at 14.03.12 (1).jpeg',
    'image.png',
    'Photo 3.jpg',
    'P1010042.JPG',
    '6ba7b810-9dad-11d1-80b4-00c04fd430c8.jpg',
    '.jpg',
  ];

  expect(names.filter((name) => called(name) !== 'Photo 29 Nov 2026, 14:03')).toEqual([]);
});

function called(name: string): string {
  return nameOfFile({ name, lastModified: 7 }, (at) => (at === 7 ? '29 Nov 2026, 14:03' : ''));
}
