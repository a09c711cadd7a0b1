import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAnimated, readPictureHead } from './picture-head.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => parseInt(pair, 16));
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

test('[W50] the measures of a picture are read from its first bytes, without decoding it', () => {
  const jpeg = hex('ffd8 ffe0 0006 4a464946 ffe1 0004 0000 ffc0 0011 08 0bb8 0fa0 03 000000');
  const png = hex(`89504e470d0a1a0a 0000000d ${ascii('IHDR')} 00007530 00007530`);
  const lossy = hex(`${ascii('RIFF')} 00000000 ${ascii('WEBP')} ${ascii('VP8 ')} 00000000 000000 9d012a 4001 f000`);
  const extended = hex(`${ascii('RIFF')} 00000000 ${ascii('WEBP')} ${ascii('VP8X')} 0a000000 00000000 ff0f00 ff0700`);
  const heic = hex(
    `00000018 ${ascii('ftyp')} ${ascii('heic')} 00000000 00000014 ${ascii('ispe')} 00000000 00000200 00000200 00000014 ${ascii('ispe')} 00000000 00000fc0 00000bd0 0000`,
  );

  expect(readPictureHead(jpeg)).toEqual({ kind: 'jpeg', width: 4000, height: 3000 });
  expect(readPictureHead(png)).toEqual({ kind: 'png', width: 30_000, height: 30_000 });
  expect(readPictureHead(lossy)).toEqual({ kind: 'webp', width: 320, height: 240 });
  expect(readPictureHead(extended)).toEqual({ kind: 'webp', width: 4096, height: 2048 });
  expect(readPictureHead(heic)).toEqual({ kind: 'heic', width: 4032, height: 3024 });
});

test('[W50] a picture that moves is told by what stands before its pixels', () => {
  const webp = (flags: string): Uint8Array => hex(`${ascii('RIFF')} 00000000 ${ascii('WEBP')} ${ascii('VP8X')} 0a000000 ${flags}000000`);
  const png = (...chunks: readonly string[]): Uint8Array =>
    hex(`89504e470d0a1a0a ${chunks.map((name) => `00000000${ascii(name)}`).join('')}`);

  expect([isAnimated(webp('02'), 'webp'), isAnimated(webp('10'), 'webp')]).toEqual([true, false]);
  expect([isAnimated(png('IHDR', 'acTL', 'IDAT'), 'png'), isAnimated(png('IHDR', 'IDAT', 'acTL'), 'png')]).toEqual([true, false]);
});

test('[W50] whatever a file begins with, reading its head neither throws nor goes on for ever', () => {
  const starts = ['', 'ffd8ff', '89504e470d0a1a0a', `${ascii('RIFF')}00000000${ascii('WEBP')}`, `00000018${ascii('ftypheic')}`];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 64 }), (start, rest) => {
      const { width, height } = readPictureHead(Uint8Array.from([...hex(start), ...rest]));

      expect(width * height).toBeGreaterThanOrEqual(0);
    }),
  );
});
