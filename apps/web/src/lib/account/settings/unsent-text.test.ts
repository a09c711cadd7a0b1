import { expect, test } from 'vitest';
import { unsentText } from './unsent-text.ts';

test('[J21] before a wipe it is named what would be lost', () => {
  expect(unsentText([])).toBe('');
  expect(unsentText([{ name: 'Attic', changes: 1, isOnlyHere: false }])).toBe('1 change of “Attic” was never sent.');
  expect(
    unsentText([
      { name: 'Attic', changes: 2, isOnlyHere: false },
      { name: '', changes: 5, isOnlyHere: true },
    ]),
  ).toBe('2 changes of “Attic” were never sent. “Untitled” is only on this device.');
});
