// What one picture process does. Runs nowhere else: a decoder that is broken into has nothing here but one picture.
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { thumbnailSquare, type PhotoView } from '@cacaw/protocol';
import { decodeHeic } from './heic.ts';
import { maxPixels } from './most-pixels.ts';
import type { PictureFormat } from '../../photos/sniff.ts';
import type { PictureRefusal, Pictures } from '../../ports/picture-maker.ts';

/** WebP knows no longer side. */
const maxWebpSide = 16_383;
const quality = 80;

// Every loader there is, the ones nobody has thought of included, but for the three.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] });
sharp.cache(false);
sharp.concurrency(1);

/** There will never be a picture of these bytes. */
class Refused extends Error {
  readonly refusal: PictureRefusal;

  constructor(refusal: PictureRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

type Result<Made> = { readonly made: Made } | { readonly refused: PictureRefusal };

/** Makes the three pictures of a photo out of one decoding. */
export const makePictures = (bytes: Uint8Array, format: PictureFormat): Promise<Result<Pictures>> =>
  orRefusal(async () => {
    const pixels = format === 'heic' ? await pixelsOfHeic(bytes) : await decode(bytes);
    return { full: await encodeFull(pixels), ...(await encodeThumbnails(pixels, { turns: 0, crop: null })) };
  });

/** Makes the thumbnails of a full picture by a view. */
export const makeView = (full: Uint8Array, view: PhotoView): Promise<Result<Omit<Pictures, 'full'>>> =>
  orRefusal(async () => encodeThumbnails(await pixelsOf(sharp(full, options).rotate(view.turns * 90)), view));

async function orRefusal<Made>(make: () => Promise<Made>): Promise<Result<Made>> {
  try {
    return { made: await make() };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.refusal };
    // What a decoder says of bytes it cannot read has many words and one meaning.
    return { refused: 'broken' };
  }
}

const options: SharpOptions = { limitInputPixels: maxPixels, failOn: 'error', pages: 1, animated: false };

async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { width, height, pages = 1 } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
  if (pages > 1) throw new Refused('animated');
  refuseLarge(width, height);
  return pixelsOf(sharp(bytes, options).autoOrient());
}

async function pixelsOf(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

async function pixelsOfHeic(bytes: Uint8Array): Promise<Pixels> {
  const answer = await decodeHeic(bytes);
  if ('refused' in answer) throw new Refused(answer.refused);
  return { ...answer, channels: 4 };
}

function refuseLarge(width: number, height: number): void {
  if (width * height > maxPixels) throw new Refused('too-many-pixels');
}

const ofPixels = ({ data, width, height, channels }: Pixels): Sharp => sharp(data, { raw: { width, height, channels } });

function encodeFull(pixels: Pixels): Promise<Uint8Array> {
  const isTooLong = Math.max(pixels.width, pixels.height) > maxWebpSide;
  const picture = isTooLong ? ofPixels(pixels).resize(maxWebpSide, maxWebpSide, { fit: 'inside' }) : ofPixels(pixels);
  return picture.webp({ quality }).toBuffer();
}

async function encodeThumbnails(pixels: Pixels, view: PhotoView): Promise<Omit<Pictures, 'full'>> {
  const { left, top, side } = thumbnailSquare(view, pixels);
  const square = await pixelsOf(ofPixels(pixels).extract({ left, top, width: side, height: side }).resize(300, 300, { fit: 'fill' }));
  return {
    '300': await ofPixels(square).webp({ quality }).toBuffer(),
    '150': await ofPixels(square).resize(150, 150, { fit: 'fill' }).webp({ quality }).toBuffer(),
  };
}
