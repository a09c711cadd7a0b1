import type { Box } from '@cacaw/protocol/detection';
import { maxBlobBytes, thumbnailSquare, type PhotoView, type PictureSize } from '@cacaw/protocol';
import type { MadePhoto, PhotoProblem } from './messages.ts';
import { headBytes, readPictureHead, type PictureHead } from './picture-head.ts';
import { sha256Hex } from './sha256-hex.ts';
import { cutOf, turned, wholePicture, within } from './view-geometry.ts';

const longestSide = 2048;
const thumbnailSide = 300;
const quality = 0.8;
const mostPixels = 50_000_000;

/** A file that will be no photo, and why. */
export class ProblemError extends Error {
  readonly problem: PhotoProblem;

  constructor(problem: PhotoProblem, options?: ErrorOptions) {
    super(`No photo can be made of this file: ${problem}.`, options);
    this.problem = problem;
  }
}

/**
 * Makes a photo and its thumbnail of a picked file: turned upright, at most 2048 pixels long unless `isFull`, nothing in it but
 * pixels. What only the relay can decode (HEIC in most browsers) is passed on as it is, with a drawn thumbnail.
 */
export async function makePhoto(file: Blob, isFull: boolean): Promise<MadePhoto> {
  const head = await lookAt(file);
  const picture = await decode(file, head);
  if (!picture) return passedOn(file, head);
  try {
    const { width, height } = isFull ? picture : within(picture, longestSide);
    const canvas = drawn(picture, { width, height });
    const [blob, thumbnail] = await Promise.all([encode(canvas), thumbnailOf(canvas, wholePicture)]);
    if (blob.size > maxBlobBytes) throw new ProblemError('too-large');
    return { hash: await sha256Hex(blob), width, height, mediaType: blob.type, blob, thumbnail };
  } finally {
    picture.close();
  }
}

/** Takes a picture as it is that a relay of ours made; only such are nothing but pixels. */
export async function takePhoto(file: Blob, view: PhotoView): Promise<MadePhoto> {
  const head = await lookAt(file);
  const picture = head.kind === 'webp' ? await decode(file, head) : null;
  if (!picture) throw new ProblemError('not-a-picture');
  try {
    const { width, height } = picture;
    const blob = file.slice(0, file.size, 'image/webp');
    return { hash: await sha256Hex(blob), width, height, mediaType: blob.type, blob, thumbnail: await thumbnailOf(picture, view) };
  } finally {
    picture.close();
  }
}

/** What a file says it is, before anything is decoded. */
async function lookAt(file: Blob): Promise<PictureHead> {
  if (file.size === 0) throw new ProblemError('empty');
  if (file.size > maxBlobBytes) throw new ProblemError('too-large');
  const head = readPictureHead(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()));
  if (head.width * head.height > mostPixels) throw new ProblemError('too-many-pixels');
  return head;
}

/** A part of a kept picture as a photo of its own, turned as that is looked at, with a little of what lies around it. */
export async function makeCrop(picture: Blob, box: Box, view: PhotoView): Promise<MadePhoto> {
  const whole = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    const cut = cutOf(box, whole);
    const size = turned(cut, view);
    const [canvas, pen] = sheet(size);
    pen.translate(size.width / 2, size.height / 2);
    pen.rotate((view.turns * Math.PI) / 2);
    pen.drawImage(whole, -cut.left - cut.width / 2, -cut.top - cut.height / 2);
    const [blob, thumbnail] = await Promise.all([encode(canvas), thumbnailOf(canvas, wholePicture)]);
    return { hash: await sha256Hex(blob), ...size, mediaType: blob.type, blob, thumbnail };
  } finally {
    whole.close();
  }
}

/** A thumbnail of a kept picture as its view shows it. */
export async function makeThumbnail(picture: Blob, view: PhotoView): Promise<Blob> {
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    return await thumbnailOf(bitmap, view);
  } finally {
    bitmap.close();
  }
}

/** Null for what is a picture and yet nothing this browser can decode. */
async function decode(file: Blob, head: PictureHead): Promise<ImageBitmap | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (cause) {
    if (head.kind === 'heic') return null;
    throw new ProblemError('not-a-picture', { cause });
  }
  if (picture.width * picture.height <= mostPixels) return picture;
  picture.close();
  throw new ProblemError('too-many-pixels');
}

async function passedOn(file: Blob, { width, height }: PictureSize): Promise<MadePhoto> {
  const blob = file.slice(0, file.size, 'image/heic');
  const thumbnail = await encode(placeholder());
  return { hash: await sha256Hex(blob), width: Math.max(1, width), height: Math.max(1, height), mediaType: blob.type, blob, thumbnail };
}

function drawn(picture: ImageBitmap, size: PictureSize): OffscreenCanvas {
  const [canvas, pen] = sheet(size);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, size.width, size.height);
  return canvas;
}

function thumbnailOf(picture: ImageBitmap | OffscreenCanvas, view: PhotoView): Promise<Blob> {
  const [canvas, pen] = sheet({ width: thumbnailSide, height: thumbnailSide });
  const whole = turned(picture, view);
  const cut = thumbnailSquare(view, whole);
  const scale = thumbnailSide / cut.side;
  pen.imageSmoothingQuality = 'high';
  pen.scale(scale, scale);
  pen.translate(-cut.left + whole.width / 2, -cut.top + whole.height / 2);
  pen.rotate((view.turns * Math.PI) / 2);
  pen.drawImage(picture, -picture.width / 2, -picture.height / 2);
  return encode(canvas);
}

/** A grey card with a mountain and a sun, for what cannot be drawn before the relay has decoded it. */
function placeholder(): OffscreenCanvas {
  const [canvas, pen] = sheet({ width: thumbnailSide, height: thumbnailSide });
  pen.fillStyle = '#8b8fa3';
  pen.fillRect(0, 0, thumbnailSide, thumbnailSide);
  pen.fillStyle = '#d9dbe6';
  pen.beginPath();
  pen.arc(205, 95, 24, 0, 2 * Math.PI);
  pen.fill();
  pen.beginPath();
  for (const [x, y] of [
    [40, 220],
    [115, 115],
    [165, 180],
    [195, 145],
    [260, 220],
  ] as const)
    pen.lineTo(x, y);
  pen.fill();
  return canvas;
}

function sheet(size: PictureSize): readonly [OffscreenCanvas, OffscreenCanvasRenderingContext2D] {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const pen = canvas.getContext('2d');
  if (!pen) throw new ProblemError('too-little-memory');
  return [canvas, pen];
}

/** A browser that makes no WebP answers with a PNG, ten times as large. */
async function encode(canvas: OffscreenCanvas): Promise<Blob> {
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality });
  return webp.type === 'image/webp' ? webp : canvas.convertToBlob({ type: 'image/jpeg', quality });
}
