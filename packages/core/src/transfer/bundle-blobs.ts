import type { BlobHash, Random } from '@cacaw/protocol';
import type { CopiedBlob, ItemCopy } from '../inventory/commands.ts';
import { keysAfter } from '../inventory/order.ts';
import type { Attachment, Photo } from '../inventory/rows.ts';
import type { BundleProblem } from './bundle.ts';

/** A photo as this device takes it in: what lies in an archive has other bytes, and so another name, than what was once given. */
export type TakenPhoto = Pick<Photo, 'hash' | 'width' | 'height' | 'bytes' | 'mediaType'> & {
  readonly blob: Blob;
  readonly thumbnail: Blob;
};

/** A file as this device takes it in. */
export type TakenFile = Pick<Attachment, 'hash' | 'bytes' | 'mediaType'> & { readonly blob: Blob };

/** Why bytes cannot be taken in; what goes on in a sentence after what they are: `is not in the archive`. */
export interface NotTaken {
  readonly reason: string;
}

/** The photos and files that lie beside a bundle, each taken in when its row is made. */
export interface BundleBlobs {
  photo(photo: Photo): Promise<TakenPhoto | NotTaken>;
  file(file: Attachment): Promise<TakenFile | NotTaken>;
  /** What a photo of the bundle is called here; as before where it did not come. */
  nameHere(photo: BlobHash): Promise<BlobHash>;
}

/** A row with its bytes, under the names these have here. */
export interface ItemWithBlobs {
  readonly row: ItemCopy;
  readonly blobs: readonly CopiedBlob[];
  /** Bytes that could not be taken in; the row still names them. */
  readonly problems: readonly BundleProblem[];
}

/** Takes in what a row names, one after the other, and names it in the row as it is called here. */
export async function withBlobs(row: ItemCopy, source: BundleBlobs, random: Random): Promise<ItemWithBlobs> {
  const problems: BundleProblem[] = [];
  const blobs: CopiedBlob[] = [];
  const photos: Photo[] = [];
  for (const [at, photo] of inLastingOrder(row.photos, random).entries()) {
    const taken = await source.photo(photo);
    const what = `Its photo ${at + 1} of ${row.photos.length}${photo.caption === '' ? '' : ` (“${photo.caption}”)`}`;
    if ('reason' in taken) problems.push({ name: row.name, reason: `${what} ${taken.reason}.` });
    const { blob, thumbnail, ...facts } = 'reason' in taken ? ({} as Partial<TakenPhoto>) : taken;
    photos.push({ ...photo, ...facts });
    if (blob !== undefined && thumbnail !== undefined)
      blobs.push({ hash: facts.hash ?? photo.hash, item: row.id, blob, thumbnail, view: photo.view });
  }
  const files: Attachment[] = [];
  for (const file of row.files) {
    const taken = await source.file(file);
    if ('reason' in taken) problems.push({ name: row.name, reason: `Its file “${file.name}” ${taken.reason}.` });
    const { blob, ...facts } = 'reason' in taken ? ({} as Partial<TakenFile>) : taken;
    files.push({ ...file, ...facts });
    if (blob !== undefined) blobs.push({ hash: facts.hash ?? file.hash, item: row.id, blob });
  }
  const detected = row.detected && { ...row.detected, photo: await source.nameHere(row.detected.photo) };
  return { row: { ...row, detected, photos: firstOfEach(photos), files: firstOfEach(files) }, blobs, problems };
}

/** Photos that share a place stand by their names, which are about to change. */
function inLastingOrder(photos: readonly Photo[], random: Random): readonly Photo[] {
  const isClear = new Set(photos.map(({ order }) => order)).size === photos.length && photos.every(({ order }) => order !== '');
  if (isClear) return photos;
  const orders = keysAfter(null, photos.length, random);
  return photos.map((photo, at) => ({ ...photo, order: orders[at] ?? photo.order }));
}

/** Two that were given as different bytes may have become the same. */
function firstOfEach<Named extends { readonly hash: BlobHash }>(list: readonly Named[]): readonly Named[] {
  return [...new Map(list.toReversed().map((one) => [one.hash, one])).values()].reverse();
}
