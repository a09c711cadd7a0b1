import type { Look } from '@cacaw/client';
import type { ItemId } from '@cacaw/protocol';
import { lookCodes } from '@cacaw/protocol/detection';
import { expect, test } from 'vitest';
import { actLabel, endsWhenNamed, lookWords } from './look-words.ts';

const now = new Date('2026-11-29T10:00').getTime();
const look = (change: Partial<Look>): Look => ({ item: 'i' as ItemId, isMine: true, photos: 1, done: 0, state: 'waiting', ...change });

test('[W72] every reason to wait and every failure has words of its own, and something to do', () => {
  const reasons = ['offline', 'signed-out', 'limit', 'budget', 'uploading', 'off'] as const;
  const told = [
    ...reasons.map((reason) => lookWords(look({ reason }), now)),
    ...lookCodes.map((code) => lookWords(look({ state: 'failed', code }), now)),
  ];

  expect(new Set(told.map(({ word, more }) => `${word} ${more}`)).size).toBe(reasons.length + lookCodes.length);
  for (const { word, more, acts } of told) {
    expect(`${word}. ${more}`).toMatch(/^[A-Z].{20,}\.$/u);
    // Nobody is left without a way: what no service names can be written down.
    expect(acts).toContain('hand');
    expect(acts.map(actLabel).every((label) => label.length > 3)).toBe(true);
  }
});

test('[W72] only what may pass is offered to be tried again, with the moment where it is known', () => {
  const busy = lookWords(look({ state: 'failed', code: 'detection-unavailable', retryAt: now + 15 * 60_000 }), now);
  const blocked = lookWords(look({ state: 'failed', code: 'detection-blocked' }), now);
  const strange = lookWords(look({ state: 'failed', code: 'from-tomorrow' as never }), now);

  expect([busy.acts[0], busy.more.endsWith('It goes on by itself from 10:15 AM on.')]).toEqual(['retry', true]);
  expect(blocked.acts).not.toContain('retry');
  expect([strange.acts[0], strange.more.includes('Reload the app')]).toEqual(['retry', true]);
});

test('[W72] what is found is counted, also nothing', () => {
  expect(lookWords(look({ state: 'ready', proposals: 3 }), now).word).toBe('3 things found — review');
  expect(lookWords(look({ state: 'ready', proposals: 1 }), now).word).toBe('1 thing found — review');
  expect(lookWords(look({ state: 'ready', proposals: 3, isBegun: true }), now).word).toBe('Review of 3 things goes on');
  expect(lookWords(look({ state: 'ready', proposals: 0 }), now)).toMatchObject({
    word: 'Nothing found',
    acts: ['say', 'device', 'hand', 'leave'],
  });
  expect(lookWords(look({ state: 'ready', proposals: 0, source: 'on-device' }), now)).toMatchObject({
    word: 'Nothing to read',
    acts: ['hand', 'leave'],
  });
  expect(lookWords(look({ state: 'ready', proposals: 0, source: 'on-device', isLesser: true }), now).acts).toEqual([
    'retry',
    'hand',
    'leave',
  ]);
  expect(lookWords(look({ state: 'ready', proposals: 1, isLesser: true }), now).acts).toEqual(['review', 'retry', 'leave']);
  expect(lookWords(look({ state: 'failed', code: 'internal', photos: 3, done: 2, proposals: 4 }), now)).toMatchObject({
    word: '4 things found, 1 of 3 photos not analysed',
    acts: ['review', 'retry', 'device', 'hand', 'stop'],
  });
  expect(lookWords(look({ reason: 'offline' }), now).word).toBe('Will be analysed when online');
});

test('[W72] what was found before is gone through all the same when asking again failed or brought only what could be read', () => {
  expect(lookWords(look({ state: 'failed', code: 'detection-blocked', isBegun: true }), now)).toMatchObject({
    word: 'Not analysed again',
    acts: ['review', 'device', 'hand', 'stop'],
  });
  expect(lookWords(look({ state: 'ready', proposals: 0, isBegun: true, isLesser: true }), now)).toMatchObject({
    word: 'Review goes on',
    acts: ['review', 'retry', 'leave'],
  });
});

test('[W72] above what a service found before, nobody is told that only text was read: it was not analysed again', () => {
  const kept = lookWords(look({ state: 'ready', proposals: 1, source: 'on-device', isBegun: true, isLesser: true, isKept: true }), now);

  expect(kept.word).toBe('Not analysed again');
  expect(kept.more).toMatch(/^The service was away, and nothing has changed\./u);
  expect(kept.more).not.toContain('barcodes');
  expect(kept.acts).toEqual(['review', 'retry', 'leave']);
});

test('[W72] what was asked for elsewhere is told as not analysed here: whether somebody else has done it is not known', () => {
  expect(lookWords(look({ isMine: false }), now)).toMatchObject({ word: 'Not analysed here yet', tone: 'calm' });
});

test('[W72] naming an item by hand ends a look that found nothing, not one that may still bring something', () => {
  const empty = look({ state: 'ready', proposals: 0 });

  expect(endsWhenNamed(empty)).toBe(true);
  expect(endsWhenNamed({ ...empty, source: 'on-device' })).toBe(true);
  for (const change of [{ proposals: 2 }, { isBegun: true }, { isLesser: true }, { state: 'waiting' }, { state: 'failed' }] as const)
    expect(endsWhenNamed({ ...empty, ...change }), JSON.stringify(change)).toBe(false);
  expect(endsWhenNamed(undefined)).toBe(false);
});
