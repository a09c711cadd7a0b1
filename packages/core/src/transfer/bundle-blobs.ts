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
  const standing = inLastingOrder(row.photos, random);
  const photos = await takenOneByOne(standing, (photo) => source.photo(photo));
  const files = await takenOneByOne(row.files, (file) => source.file(file));
  const detected = row.detected && { ...row.detected, photo: await source.nameHere(row.detected.photo) };
  const problemsOf = <Named>(list: readonly Took<Named>[], what: (named: Named, at: number) => string): readonly BundleProblem[] =>
    list.flatMap(({ named, reason }, at) => (reason === '' ? [] : [{ name: row.name, reason: `${what(named, at)} ${reason}.` }]));
  return {
    row: { ...row, detected, photos: firstOfEach(photos.map(({ named }) => named)), files: firstOfEach(files.map(({ named }) => named)) },
    blobs: [
      ...photos.flatMap(({ named: { hash, view }, bytes }) => (bytes === undefined ? [] : [{ hash, view, item: row.id, ...bytes }])),
      ...files.flatMap(({ named: { hash }, bytes }) => (bytes === undefined ? [] : [{ hash, item: row.id, ...bytes }])),
    ],
    problems: [
      ...problemsOf(
        photos,
        ({ caption }, at) =>
          `Its photo${photos.length === 1 ? '' : ` ${at + 1} of ${photos.length}`}${caption === '' ? '' : ` (“${caption}”)`}`,
      ),
      ...problemsOf(files, ({ name }) => `Its file “${name}”`),
    ],
  };
}

/** What a row says of bytes, as it says it here, with the bytes or the reason why there are none. */
interface Took<Named> {
  readonly named: Named;
  readonly bytes?: Pick<CopiedBlob, 'blob' | 'thumbnail'>;
  readonly reason: string;
}

async function takenOneByOne<Named extends Photo | Attachment>(
  list: readonly Named[],
  take: (named: Named) => Promise<TakenPhoto | TakenFile | NotTaken>,
): Promise<readonly Took<Named>[]> {
  const took: Took<Named>[] = [];
  for (const named of list) {
    const taken = await take(named);
    if ('reason' in taken) took.push({ named, reason: taken.reason });
    else {
      const { blob, thumbnail, ...facts } = { thumbnail: undefined, ...taken };
      took.push({ named: { ...named, ...facts }, bytes: { blob, thumbnail }, reason: '' });
    }
  }
  return took;
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
