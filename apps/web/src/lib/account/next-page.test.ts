import { expect, test } from 'vitest';
import { nextPage, withNext } from './next-page.ts';

const after = (next: string): string => nextPage(new URLSearchParams({ next }));

test('[J25] signing in leads back to the page it was asked from, and never out of the app', () => {
  expect(after('/c/abc?share')).toBe('/c/abc?share');
  for (const outside of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
    '',
    '/a b',
    '/\t/evil.example',
  ])
    expect(after(outside)).toBe('/collections');
});

test('[J25] an account page carries the way back in its address', () => {
  expect(withNext('/sign-up', '/c/abc?share')).toBe('/sign-up?next=%2Fc%2Fabc%3Fshare');
  expect(withNext('/sign-up', '/collections')).toBe('/sign-up');
  expect(nextPage(new URL(`http://app${withNext('/sign-in', '/join/x')}`).searchParams)).toBe('/join/x');
});
