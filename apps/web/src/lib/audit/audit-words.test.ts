import { expect, test } from 'vitest';
import { auditText, nobodyText } from './audit-words.ts';

test('[J30] a line of the audit log says what was done, and how often', () => {
  expect(auditText('invite-accepted', 1)).toBe('came in by an invite');
  expect(auditText('join', 12)).toBe('opened the collection, 12 times within the hour');
  expect(auditText('some-newer-kind', 1)).toBe('some newer kind');
});

test('[J30] what no account did was done by the server itself or by somebody not signed in', () => {
  expect([nobodyText('key-made'), nobodyText('read')]).toEqual(['The server', 'Somebody not signed in']);
});
