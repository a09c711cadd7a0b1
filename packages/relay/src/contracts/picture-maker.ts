import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heicPhoto } from '../../test/heic-photo.ts';
import { jpegOf } from '../../test/photo-sender.ts';
import type { PictureMaker, PictureOutcome } from '../ports/picture-maker.ts';

const made = <Made>(outcome: PictureOutcome<Made>): Made => {
  if (!('made' in outcome)) throw new Error(`No picture was made: ${JSON.stringify(outcome)}`);
  return outcome.made;
};

/** Red and blue of one pixel, as 0 or 1. */
async function colourAt(picture: Uint8Array, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return `${(data[at] ?? 0) > 128 ? 'red' : ''}${(data[at + 2] ?? 0) > 128 ? 'blue' : ''}`;
}

const sizeOf = async (picture: Uint8Array): Promise<string> => {
  const { width, height, format } = await sharp(picture).metadata();
  return `${format} ${width}x${height}`;
};

/** Guarantees of {@link PictureMaker}, run on every adapter. */
export function pictureMakerContract(name: string, open: () => PictureMaker): void {
  describe(`picture maker: ${name}`, () => {
    let maker: PictureMaker;
    beforeAll(() => (maker = open()));
    afterAll(() => maker[Symbol.asyncDispose]());

    it('[PH32] a photo becomes WebP of its own size, upright, and squares of exactly 300 and 150 pixels', async () => {
      const upright = await jpegOf(120, 80);
      const turned = await sharp(upright).withMetadata({ orientation: 6 }).toBuffer();

      const pictures = made(await maker.make(turned, 'jpeg', 'anna'));

      expect(await Promise.all([pictures.full, pictures['300'], pictures['150']].map(sizeOf))).toEqual([
        'webp 80x120',
        'webp 300x300',
        'webp 150x150',
      ]);
    });

    it('[PH32] the same bytes make the same pictures', async () => {
      const photo = await jpegOf(200, 100, 4);

      const [first, second] = [made(await maker.make(photo, 'jpeg', 'anna')), made(await maker.make(photo, 'jpeg', 'anna'))];

      for (const size of ['full', '300', '150'] as const) expect(Buffer.from(first[size])).toEqual(Buffer.from(second[size]));
    });

    it('[PH33] HEIC is decoded too', async () => {
      const pictures = made(await maker.make(heicPhoto, 'heic', 'anna'));

      expect(await sizeOf(pictures.full)).toBe('webp 64x48');
      expect([await colourAt(pictures.full, 4, 24), await colourAt(pictures.full, 60, 24)]).toEqual(['red', 'blue']);
    });

    it('[PH32] thumbnails by a view show the square it names of the turned picture', async () => {
      const blue = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#00f' } })
        .png()
        .toBuffer();
      const base = sharp({ create: { width: 200, height: 100, channels: 3, background: '#f00' } });
      const { full } = made(
        await maker.make(
          await base
            .composite([{ input: blue, left: 100, top: 0 }])
            .png()
            .toBuffer(),
          'png',
          'anna',
        ),
      );
      const cornersBy = async (turns: 0 | 1 | 2 | 3, left: number, top: number): Promise<string> => {
        const thumbnails = made(await maker.view(full, { turns, crop: { left, top, side: 1000 } }, 'anna'));
        expect([await sizeOf(thumbnails['300']), await sizeOf(thumbnails['150'])]).toEqual(['webp 300x300', 'webp 150x150']);
        return colourAt(thumbnails['150'], 75, 75);
      };

      expect(await cornersBy(0, 0, 0)).toBe('red');
      expect(await cornersBy(0, 1000, 0)).toBe('blue');
      // A quarter turn clockwise: what was left is on top.
      expect(await cornersBy(1, 0, 0)).toBe('red');
      expect(await cornersBy(1, 0, 1000)).toBe('blue');
      expect(await cornersBy(3, 0, 0)).toBe('blue');
    });

    it('[PH34] what no decoder can read is refused, and what is too large', async () => {
      const large = await sharp({ create: { width: 7_100, height: 7_100, channels: 3, background: 'red' } })
        .png({ compressionLevel: 1 })
        .toBuffer();

      expect(await maker.make(Buffer.from('nothing'), 'jpeg', 'anna')).toEqual({ refused: 'broken' });
      expect(await maker.make(large, 'png', 'anna')).toEqual({ refused: 'too-many-pixels' });
    });
  });
}
