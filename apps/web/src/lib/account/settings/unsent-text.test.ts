import { expect, test } from 'vitest';
import { unsentText } from './unsent-text.ts';

test('[J21] before a wipe it is named what would be lost', () => {
  expect(unsentText([])).toBe('');
  expect(unsentText([{ name: 'Attic', changes: 1, photos: 0, isOnlyHere: false }])).toBe('1 change of “Attic” was never sent.');
  expect(
    unsentText([
      { name: 'Attic', changes: 2, photos: 0, isOnlyHere: false },
      { name: '', changes: 5, photos: 0, isOnlyHere: true },
    ]),
  ).toBe('2 changes of “Attic” were never sent. “Untitled” is only on this device.');
  expect(unsentText([{ name: 'Attic', changes: 0, photos: 1, isOnlyHere: false }])).toBe('1 photo of “Attic” was never sent.');
  expect(unsentText([{ name: 'Attic', changes: 1, photos: 3, isOnlyHere: false }])).toBe(
    '1 change and 3 photos of “Attic” were never sent.',
  );
});
