import type { BlobHash } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import {
  againText,
  budgetText,
  confidenceText,
  leftText,
  noServerText,
  personSource,
  provenanceText,
  serverText,
  sourceText,
  whereText,
} from './detection-words.ts';
import { cropStyle } from './crop-style.ts';
import { isBareShelfPhoto, shelfName, shelfNameOf } from './shelf-name.ts';

test('[W76] how sure a detector is stands there as a word and as a number', () => {
  expect([0.93, 0.6, 0.123, 0].map(confidenceText)).toEqual(['Sure · 93 %', 'Likely · 60 %', 'Unsure · 12 %', 'Unsure · 0 %']);
});

test('[W77] what a person added is told as theirs, and not as anything a detector proposed', () => {
  const by = { model: '', confidence: 1, photo: 'a'.repeat(64) as BlobHash, promptVersion: '' };

  expect(provenanceText({ ...by, source: personSource })).toBe('Seen in a photo and added by a person');
  expect(provenanceText({ ...by, source: 'gemini', confidence: 0.6 })).toBe(
    'First proposed by Google Gemini from a photo (Likely · 60 %), then checked by a person',
  );
});

test('[W76] what analyses cost and how many are left is counted in analyses, before and after', () => {
  const budget = { spent: 0.024, limit: 0.2, perPicture: 0.002 };

  expect(budgetText(budget)).toBe('12 of 100 analyses used this month, about $0.002 each.');
  expect(leftText(budget)).toBe('88 analyses left this month');
  expect(leftText({ ...budget, spent: 0.3 })).toBe('0 analyses left this month');
  expect(againText(budget)).toBe('Asking again counts as another analysis, about $0.002.');
  expect([budgetText({ ...budget, perPicture: 0 }), againText({ ...budget, perPicture: 0 })]).toEqual(['Analyses cost nothing here.', '']);
});

test('[W76] who is signed out is promised no more of an account than the server may have', () => {
  expect(noServerText).toContain('with an account if this server has a detection service');
});

test('[W76] a server without a service names none, and no price', () => {
  const budget = { spent: 0, limit: 1, perPicture: 0.002, hasService: false };

  expect(serverText(budget)).toBe(
    'Your server has no service that looks at photos. It reads text and barcodes itself and passes the photo to nobody.',
  );
  expect(budgetText(budget)).toBe('Analyses cost nothing here.');
  for (const told of [{ ...budget, hasService: true }, { ...budget, hasService: undefined }, null])
    expect(serverText(told)).toBe(whereText.relay);
});

test('[W76] which source answered is told, and whether this device only read', () => {
  const budget = { spent: 0, limit: 1, perPicture: 0.002 };

  expect(sourceText({ source: 'gemini', model: 'gemini-2.5-flash', budget })).toBe('Found by Google Gemini (gemini-2.5-flash)');
  expect(sourceText({ source: 'on-device', model: '', budget: null })).toBe('Read on this device: text and barcodes only');
  expect(sourceText({ source: 'on-device', model: '', budget })).toBe('Read by your server: text and barcodes only');
});

test('[W71] a crop is seen before it is made: all of the box and nothing else, whatever its shape', () => {
  const wide = { width: 1000, height: 500 };

  expect(cropStyle({ x: 0.25, y: 0, width: 0.5, height: 1 }, wide)).toBe(
    'clip-path:inset(0% 25% 0% 25%);inline-size:200%;block-size:100%;left:-50%;top:0%',
  );
  expect(cropStyle({ x: 0.2, y: 0.5, width: 0.1, height: 0.5 }, wide)).toBe(
    'clip-path:inset(50% 70% 0% 20%);inline-size:400%;block-size:200%;left:-50%;top:-100%',
  );
  expect(cropStyle(null, wide)).toBe('clip-path:inset(0% 0% 0% 0%);inline-size:100%;block-size:50%;left:0%;top:25%');
  expect(cropStyle({ x: 0, y: 0, width: 0, height: 0 }, wide)).toBe(cropStyle(null, wide));
});

test('[W74] only a photo that nobody has written anything to goes to the trash by itself once its things are items', () => {
  const bare = {
    name: shelfName(0),
    description: '',
    note: '',
    barcodes: [],
    files: [],
    estimatedValue: null,
    purchasePrice: null,
    canContain: false,
    quantity: 1,
    custom: {},
  };

  expect([isBareShelfPhoto(bare), isBareShelfPhoto({ ...bare, name: shelfNameOf('Box 12') })]).toEqual([true, true]);
  for (const told of [{ name: 'Box 12' }, { note: 'mine' }, { quantity: 2 }, { canContain: true }, { custom: { a: 'b' } }])
    expect(isBareShelfPhoto({ ...bare, ...told }), JSON.stringify(told)).toBe(false);
});
