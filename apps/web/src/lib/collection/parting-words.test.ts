import type { CollectionRow } from '@cacaw/core';
import { expect, test } from 'vitest';
import { partingWords } from './parting-words.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const said = (gone: CollectionRow['gone'], unsent: number, name = 'Cellar'): string => {
  const { title, lines } = partingWords({ name, gone, parting: { at, unsent } } as CollectionRow);
  return [title, ...lines].join(' ');
};

test('[W40] a collection that is gone says what happened, what stays here and until when, and what was never sent', () => {
  const until = new Date(Date.parse('2026-12-22T12:00:00Z')).toLocaleDateString();

  expect(said('deleted', 0)).toBe(`“Cellar” was deleted Your copy stays on this device until ${until}.`);
  expect(said('deleted', 1)).toContain('1 change made here never reached the others.');
  expect(said('removed', 0)).toBe(
    'You no longer have access to “Cellar” You were removed from it, or left it on another device; its copy here was taken away.',
  );
  expect(said('removed', 3)).toContain('3 changes made here had not been sent and went with it.');
  expect(said('erased', 0, '')).toBe('This collection was erased It was erased for everyone, and with it the copy on this device.');
});
