import type { DeviceStore } from '@cacaw/core/device';
import type { DevicePhotos, Holding } from '@cacaw/core/planner';
import { formatPhotoView, type BlobHash, type CollectionId } from '@cacaw/protocol';
import type { HeldPhoto, PhotoAnswer, PhotoQuestion } from './photo-calls.ts';
import type { HttpFailure } from '../relay-http.ts';
import type { PhotoRelay } from './photo-relay.ts';

const viewOf = ({ view }: PhotoQuestion): string => (view === undefined ? '' : formatPhotoView(view));

/** The bytes as this device holds them; undefined when it does not. Any tab may read them. */
export async function readPhoto(store: DeviceStore, question: PhotoQuestion): Promise<Blob | undefined> {
  const { collection, hash, size } = question;
  const image = await store.read(['images'], (tx) => tx.get('images', `${collection}/${hash}`));
  if (size === 'full' || size === 'file') return image?.blob;
  return (image?.view ?? '') === viewOf(question) ? image?.thumbnail : undefined;
}

/** Which of these are whole on this device. Any tab may look, and no bytes are read. */
export async function photosHere(store: DeviceStore, collection: CollectionId, hashes: readonly BlobHash[]): Promise<readonly HeldPhoto[]> {
  const held = await store.read(['settings'], (tx) => Promise.all(hashes.map((hash) => tx.get('settings', `image/${collection}/${hash}`))));
  return hashes.flatMap((hash, at) => {
    const { full = 0, stored = false } = (held[at]?.value ?? {}) as unknown as Partial<Holding>;
    return full > 0 ? [{ hash, isStored: stored }] : [];
  });
}

/** What asking the relay needs. */
export interface FetchPorts {
  readonly photos: DevicePhotos;
  readonly relay: PhotoRelay | undefined;
  /** Whether there is room for copies of whole pictures. */
  readonly keepsWhole: () => Promise<boolean>;
  /** The relay has not got it: whether this device has what was given, and sends it once more. */
  readonly sendAgain: (question: PhotoQuestion) => Promise<boolean>;
}

/** Nobody has it, or it is not ours to see. */
const gone: ReadonlySet<number> = new Set([403, 404, 410]);

/** Asks the relay, and keeps a copy as far as there is room for one. */
export async function fetchPhoto(ports: FetchPorts, question: PhotoQuestion): Promise<PhotoAnswer> {
  const { photos, relay, keepsWhole } = ports;
  const { size } = question;
  // One size of the small square is kept, and serves for both.
  const isSmall = size === '150' || size === '300';
  const view = isSmall ? viewOf(question) : '';
  const outcome = await relay?.read(question, { size: isSmall ? '300' : size, view });
  if (outcome === undefined) return { state: 'offline' };
  if (!outcome.ok) return whyNot(outcome.failure, () => ports.sendAgain(question));
  const blob = outcome.value;
  if (isSmall) await photos.keep(question, { itemId: '', thumbnail: blob, view });
  else if (await keepsWhole()) await photos.keep(question, { itemId: '', blob });
  return { state: 'here', blob };
}

async function whyNot({ status }: HttpFailure, sendAgain: () => Promise<boolean>): Promise<PhotoAnswer> {
  const isComing = status === 404 && (await sendAgain());
  return { state: gone.has(status) && !isComing ? 'lost' : 'offline' };
}
