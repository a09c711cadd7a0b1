import type { Review, ReviewLine } from '@cacaw/client';
import type { ItemDraft, ItemRow, PhotoDraft } from '@cacaw/core';
import type { BlobHash } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { cropOf, thumbnailOf } from '../photos/making/photo-maker.ts';
import { onlyTurned, wholePicture } from '../photos/making/view-geometry.ts';
import { giveAddress } from '../photos/picture-cache.ts';
import { fullPicture } from '../photos/live-picture.svelte.ts';
import { boxOf, draftOf, tickedOf } from './review-lines.ts';

/** A photo that things are to be cut out of and that is not on this device now. */
export class PhotoAwayError extends Error {
  readonly code = 'photo-away';

  constructor() {
    super('The photo is not on this device. Connect once, then save again.');
  }
}

interface Making {
  readonly signal: AbortSignal;
  readonly onMade: (done: number) => void;
}

interface Looked {
  readonly open: OpenCollection;
  readonly row: ItemRow | null | undefined;
}

/** The items of a review's ticked lines, each with its own photo: cut out of the one that was looked at, or that one whole. Ends early with the signal. */
export async function draftsOf({ open, row }: Looked, review: Review, { signal, onMade }: Making): Promise<readonly ItemDraft[]> {
  const wholes = new Map<BlobHash, Promise<Blob>>();
  const whole = (hash: BlobHash): Promise<Blob> => {
    const known = wholes.get(hash) ?? wholeOf(open, hash);
    wholes.set(hash, known);
    return known;
  };
  const drafts: ItemDraft[] = [];
  for (const line of tickedOf(review)) {
    if (signal.aborted) break;
    const photo = await photoOf(line, await whole(line.photo), row);
    if (photo) giveAddress({ collection: open.id, hash: photo.hash, size: '300', view: photo.view ?? null }, photo.thumbnail);
    drafts.push(draftOf(line, review, photo));
    onMade(drafts.length);
  }
  return drafts;
}

async function wholeOf(open: OpenCollection, hash: BlobHash): Promise<Blob> {
  const blob = await fullPicture(open, hash);
  if (!blob) throw new PhotoAwayError();
  return blob;
}

async function photoOf(line: ReviewLine, blob: Blob, row: ItemRow | null | undefined): Promise<PhotoDraft | undefined> {
  const { photo: hash } = line;
  const box = boxOf(line);
  const photo = row?.photos.find((one) => one.hash === hash);
  if (box !== null) return cropOf(blob, box, onlyTurned(photo?.view ?? null));
  if (!photo) return undefined;
  const { width, height, mediaType, view } = photo;
  return { hash, width, height, mediaType, view, blob, thumbnail: await thumbnailOf(blob, view ?? wholePicture) };
}
