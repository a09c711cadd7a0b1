import type { BlobHash, CollectionId, PhotoView } from '@cacaw/protocol';
import { formatPhotoView } from '@cacaw/protocol';

/** One picture as a screen wants it. */
export interface PictureName {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
  readonly size: '150' | '300' | 'full';
  /** Thumbnails are made by it; full pictures are shown through it. */
  readonly view: PhotoView | null;
}

/** Enough for several screens of a list; the bytes behind an address are the browser's to keep or to spill. */
const kept = 400;

const addresses = new Map<string, string>();

export const keyOf = ({ collection, hash, size, view }: PictureName): string =>
  `${collection}/${hash}/${size}/${view === null || size === 'full' ? '' : formatPhotoView(view)}`;

/** The address of a picture that was shown lately, or undefined. */
export function addressOf(name: PictureName): string | undefined {
  const key = keyOf(name);
  const address = addresses.get(key);
  if (address === undefined) return undefined;
  addresses.delete(key);
  addresses.set(key, address);
  return address;
}

/** Gives a picture an address; the longest unseen ones lose theirs. */
export function giveAddress(name: PictureName, blob: Blob): string {
  const known = addressOf(name);
  if (known !== undefined) return known;
  const address = URL.createObjectURL(blob);
  addresses.set(keyOf(name), address);
  for (const [key, oldest] of addresses) {
    if (addresses.size <= kept) break;
    addresses.delete(key);
    URL.revokeObjectURL(oldest);
  }
  return address;
}
