import type { Picture } from '@cacaw/detectors';
import type { BlobHash, CollectionId } from '@cacaw/protocol';
import { maxPictureBytes } from '@cacaw/protocol/http';
import { admitted } from '../http/admitted.ts';
import { Problem } from '../http/route.ts';
import type { WholePhotos } from '../photos/whole.ts';
import type { Access } from '../ports/access.ts';
import type { Identity } from '../ports/authenticator.ts';
import { readPicture } from './picture.ts';

/** Where pictures that were not sent come from. */
export interface PictureGround {
  readonly access: Pick<Access, 'admit'>;
  readonly photos: WholePhotos;
}

/** Pictures as they were sent, or photos of a collection. */
export type AskedPictures =
  | { readonly images: readonly string[] }
  | { readonly photos: readonly BlobHash[]; readonly collection: CollectionId };

/** One picture, come by when it is its turn; rejects with a {@link Problem} when it is none. */
export type ComeBy = () => Promise<Picture>;

/** How each picture is come by. Whoever may see a collection's photos may have them looked at; nobody else learns that there are any. */
export async function picturesOf({ access, photos }: PictureGround, who: Identity, asked: AskedPictures): Promise<readonly ComeBy[]> {
  if ('images' in asked) return asked.images.map((image) => async () => sentPicture(image));
  const { collection } = asked;
  await admitted(access, { who, collection, role: 'viewer' });
  return asked.photos.map((hash) => () => storedPicture(photos, collection, hash));
}

function sentPicture(image: string): Picture {
  const picture = readPicture(image);
  if (picture === undefined) throw new Problem('picture-refused', 'The picture is no JPEG, PNG or WebP of at most 10 MiB. Choose another.');
  return picture;
}

async function storedPicture(photos: WholePhotos, collection: CollectionId, hash: BlobHash): Promise<Picture> {
  const bytes = await photos.whole(collection, hash);
  if (bytes === undefined)
    throw new Problem('photo-not-stored', `Photo ${hash} is not stored here yet, or was damaged; send it, then ask again.`);
  if (bytes.length > maxPictureBytes) throw new Problem('picture-refused', `Photo ${hash} is larger than 10 MiB. Take a smaller one.`);
  return { bytes, mediaType: 'image/webp' };
}
