import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { BlobHash, CollectionId } from '@cacaw/protocol';
import { maxPieceBytes, type BlobUse } from '@cacaw/protocol/http';
import type { Browser } from './browser.ts';

/** What a relay answered to a piece. */
export interface PieceAnswer {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
}

/** The name of bytes. */
export const hashOf = (bytes: Uint8Array): BlobHash => createHash('sha256').update(bytes).digest('hex') as BlobHash;

/** Where a blob is sent to and read from. */
export const photoPath = (collection: CollectionId, hash: string): string => `/api/collections/${collection}/photos/${hash}`;

/** What a piece is sent with. */
export interface PieceOptions {
  readonly collection: CollectionId;
  readonly bytes: Uint8Array;
  readonly use?: BlobUse;
  /** Names other bytes than these. */
  readonly hash?: string;
}

/** Sends the piece that begins at `from`. */
export async function sendPiece(
  who: Browser,
  { collection, bytes, use = 'photo', hash }: PieceOptions,
  from: number,
): Promise<PieceAnswer> {
  const piece = bytes.subarray(from, from + maxPieceBytes);
  const answer = await who.put(photoPath(collection, hash ?? hashOf(bytes)), piece, {
    'content-type': 'application/octet-stream',
    'content-range': `bytes ${from}-${from + piece.length - 1}/${bytes.length}`,
    'x-blob-use': use,
  });
  return { status: answer.status, body: (await answer.json()) as PieceAnswer['body'] };
}

/** Sends all pieces, one after the other; gives back the last answer. */
export async function sendBlob(who: Browser, options: PieceOptions): Promise<PieceAnswer> {
  let last: PieceAnswer = { status: 0, body: {} };
  for (let from = 0; from < options.bytes.length; from += maxPieceBytes) {
    last = await sendPiece(who, options, from);
    if (last.status >= 300) return last;
  }
  return last;
}

/** Asks how blobs stand. */
export async function askBlobs(
  who: Browser,
  collection: CollectionId,
  blobs: readonly { readonly bytes: Uint8Array; readonly use?: BlobUse }[],
): Promise<{ readonly blobs: readonly { readonly [field: string]: unknown }[]; readonly room: number | null }> {
  const asked = blobs.map(({ bytes, use = 'photo' }) => ({ hash: hashOf(bytes), bytes: bytes.length, use }));
  return (await (await who.post(`/api/collections/${collection}/photos/ask`, { blobs: asked })).json()) as never;
}

/** A JPEG of so many pixels that looks like nothing else; `seed` makes it another. */
export function jpegOf(width: number, height: number, seed = 1): Promise<Buffer> {
  return sharp(colours(width, height, seed), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Soft stripes: compresses as photos do, and every seed is another picture. */
export function colours(width: number, height: number, seed: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      pixels[at] = (x * 255) / width;
      pixels[at + 1] = (y * 255) / height;
      pixels[at + 2] = 128 + 100 * Math.sin((x * seed + y) / 40);
    }
  return pixels;
}
