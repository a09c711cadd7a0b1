import { expect, test } from 'vitest';
import { endText, linkText, usesText } from './role-words.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

test('[J36] an invite says how long it lasts', () => {
  expect(endText('2026-11-28T12:20:00Z', now)).toBe('1 hour left');
  expect(endText('2026-11-29T12:00:00Z', now)).toBe('24 hours left');
  expect(endText('2026-12-05T12:00:00Z', now)).toMatch(/^until .*2026/);
  expect(endText('2026-11-28T11:59:00Z', now)).toBe('ended');
  expect(endText(null, now)).toBe('no end');
});

test('[J36] an invite says how often it was used', () => {
  expect([usesText(0, null), usesText(1, null), usesText(7, null), usesText(0, 1), usesText(2, 5)]).toEqual([
    'not used yet',
    'used once',
    'used 7 times',
    'used 0 of 1 time',
    'used 2 of 5 times',
  ]);
});

test('[J36] a link just made says itself what it gives, whatever is chosen beside it by now', () => {
  expect([
    linkText({ role: 'editor', allowsGuests: false, maxUses: 1 }),
    linkText({ role: 'viewer', allowsGuests: true, maxUses: null }),
    linkText({ role: 'viewer', allowsGuests: false, maxUses: 5 }),
  ]).toEqual([
    'It lets one person in as an editor.',
    'It lets people in as viewers, also without an account.',
    'It lets 5 people in as viewers.',
  ]);
});
