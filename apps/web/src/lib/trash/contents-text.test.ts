import { expect, test } from 'vitest';
import { contentsText } from './contents-text.ts';

test('[W53] what is deleted for ever names the items and photos that go', () => {
  expect(contentsText({ items: 12, photos: 30 })).toBe('12 items and 30 photos');
  expect(contentsText({ items: 1, photos: 1 })).toBe('1 item and 1 photo');
  expect(contentsText({ items: 2, photos: 0 })).toBe('2 items');
  expect(contentsText({ items: 0, photos: 0 })).toBe('');
});
