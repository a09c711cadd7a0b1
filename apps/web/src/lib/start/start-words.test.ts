import { expect, test } from 'vitest';
import { lockedText } from './locked-text.ts';
import { sharedText } from './shared-text.ts';

test('[J41] collections that lie here locked are said to be, and whose they are', () => {
  const [anna, ben, nobody] = [{ username: 'Anna' }, { username: 'Ben' }, { username: '' }] as const;
  expect(lockedText([anna])).toBe('The collections of Anna are kept on this device, locked until Anna signs in.');
  expect(lockedText([anna, ben])).toBe('The collections of Anna and Ben are kept on this device, each locked until its owner signs in.');
  expect(lockedText([nobody])).toBe('The collections of an account are kept on this device, locked, until you sign in.');
});

test('[W43] only what somebody else owns is called shared with you', () => {
  expect((['owner', 'editor', 'viewer'] as const).map(sharedText)).toEqual(['Synced', 'Shared with you', 'Shared with you, view only']);
});
