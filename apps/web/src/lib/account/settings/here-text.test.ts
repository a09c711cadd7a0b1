import { expect, test } from 'vitest';
import { hereText } from './here-text.ts';

test('[J47] what works without the server is said of what is here, and nothing is promised to a device that does not sync', () => {
  expect(hereText(0, true)).toBe('New collections can be made all the same, and are kept here.');
  expect(hereText(1, false)).toBe('Its collection works as always: look, search, change and photograph. Everything is kept here.');
  expect(hereText(1_200, true)).toBe(
    `Its ${(1_200).toLocaleString()} collections work as always: look, search, change and photograph. Everything is kept here, and what is shared is sent later.`,
  );
});
