import { expect, test } from 'vitest';
import { readSettled, type Settling } from './read-settled.ts';

test('[W68] what a person writes while new proposals are read is in them', async () => {
  let [written, kept, reads] = ['Ra', '', 0];
  const text: Settling<string> = {
    keep: async () => void (kept = written),
    read: async () => {
      const found = kept;
      // They go on typing while it is on its way.
      if (++reads < 3) written += 'di';
      return found;
    },
    isChanged: () => kept !== written,
  };

  expect(await readSettled(text)).toBe('Radidi');
  expect(reads).toBe(3);
  expect(await readSettled({ ...text, read: async () => undefined, isChanged: () => true })).toBeUndefined();
});
