import { expect, test } from 'vitest';
import { browserText } from './browser-text.ts';
import { bytesText } from './bytes-text.ts';
import { typedKey } from './typed-key.ts';

test('[J35] a sign-in is named by its browser and system', () => {
  const said: readonly (readonly [string, string])[] = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0', 'Firefox on Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', 'Chrome on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0', 'Edge on Windows'],
    ['curl/8.5', 'An unknown browser'],
    ['', 'An unknown browser'],
  ];
  for (const [userAgent, text] of said) expect(browserText(userAgent)).toBe(text);
});

test('[J33] storage is told in units people know', () => {
  expect([0, 900, 1024, 3_565_158, 1_073_741_824].map(bytesText)).toEqual(['0 B', '900 B', '1 KB', '3.4 MB', '1 GB']);
});

test('[J23] the key of an authenticator is told in groups one can type', () => {
  expect(typedKey('JBSWY3DPEHPK3PXP1')).toBe('JBSW Y3DP EHPK 3PXP 1');
});
