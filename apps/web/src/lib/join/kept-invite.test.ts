import type { CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { dropInvite, keepInvite, keptInvite, type InviteShelf } from './kept-invite.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const one = 'A'.repeat(22) as CollectionId;
const other = 'B'.repeat(22) as CollectionId;
const link = `https://cacaw.example/join/${one}#secret`;

function shelfOf(): InviteShelf & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  };
}

test('[J37] an invite waits for its holder to sign up, a day long', () => {
  const shelf = shelfOf();
  keepInvite(shelf, { collection: one, link }, now);
  expect(keptInvite(shelf, one, now + 23 * 3_600_000)).toBe(link);
  expect(keptInvite(shelf, one, now + 25 * 3_600_000)).toBeUndefined();
  expect(keptInvite(shelf, other, now)).toBeUndefined();
  dropInvite(shelf);
  expect(keptInvite(shelf, one, now)).toBeUndefined();
});

test('[J37] what is kept may be damaged, and storage blocked', () => {
  const shelf = shelfOf();
  for (const text of ['', 'null', '5', '{}', '{"collection":1}', 'not json']) {
    for (const key of ['cacaw.invite']) shelf.texts.set(key, text);
    expect(keptInvite(shelf, one, now)).toBeUndefined();
  }
  const refuse = (): never => {
    throw new DOMException('blocked', 'SecurityError');
  };
  const blocked: InviteShelf = { getItem: refuse, setItem: refuse, removeItem: refuse };
  keepInvite(blocked, { collection: one, link }, now);
  dropInvite(blocked);
  expect(keptInvite(blocked, one, now)).toBeUndefined();
});
