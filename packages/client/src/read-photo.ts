import type { DeviceStore } from '@cacaw/core/device';
import { formatPhotoView, type BlobHash, type CollectionId, type PhotoView } from '@cacaw/protocol';
import type { BlobSize } from '@cacaw/protocol/http';

/** Which bytes of a collection a screen wants: a small square made by a view, the whole picture, or a file as it was given. */
export interface PhotoQuestion {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
  readonly size: BlobSize;
  readonly view?: PhotoView | undefined;
}

/** A photo's bytes, or why there are none: they are at the relay and come with a connection, or nobody has them. */
export type PhotoAnswer = { readonly state: 'here'; readonly blob: Blob } | { readonly state: 'offline' | 'lost' };

/** The bytes as this device holds them; undefined when it does not. */
export async function readPhoto(store: DeviceStore, { collection, hash, size, view }: PhotoQuestion): Promise<Blob | undefined> {
  const image = await store.read(['images'], (tx) => tx.get('images', `${collection}/${hash}`));
  if (size === 'full' || size === 'file') return image?.blob;
  return image?.view === (view === undefined ? '' : formatPhotoView(view)) ? image.thumbnail : undefined;
}
