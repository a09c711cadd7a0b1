import type { Person } from '@cacaw/client';
import type { AccountId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { presenceWords } from './presence-words.ts';

const person = (name: string, field = ''): Person => ({ account: name as AccountId, name, item: '', field });

test('[W25] whoever is in a field edits, whoever only looks is named', () => {
  expect(presenceWords([person('Anna', 'name')])).toEqual({ who: 'Anna', verb: 'is editing' });
  expect(presenceWords([person('Anna')])).toEqual({ who: 'Anna', verb: '' });
  expect(presenceWords([person('Anna'), person('Ben', 'value')])).toEqual({ who: 'Ben', verb: 'is editing' });
});

test('[W25] two people are both named, more are counted, the nameless are someone', () => {
  const all = [person('Anna', 'note'), person('', 'note'), person('Cleo', 'note')];
  expect(presenceWords(all.slice(0, 2))).toEqual({ who: 'Anna and Someone', verb: 'are editing' });
  expect(presenceWords(all)).toEqual({ who: '3 people', verb: 'are editing' });
});
