import type { Photo } from '@cacaw/core';
import type { ItemPhotos } from './item-photos.svelte.ts';
import { fullPicture } from './live-picture.svelte.ts';
import { saveBlob } from '../app/save-file.ts';

interface PhotoAct {
  readonly label: string;
  readonly run: () => void;
}

/** What the menu of a photo offers now: its place among the others, what is on its way, and its file. */
export function photoActs(photos: ItemPhotos, photo: Photo): readonly PhotoAct[] {
  const { detail, list, at } = photos;
  const moves: readonly (PhotoAct & { readonly isFor: boolean })[] = [
    { label: 'Make cover', isFor: at > 0, run: () => void photos.moveTo(photo, 0) },
    { label: 'Move earlier', isFor: at > 0, run: () => void photos.moveTo(photo, at - 1) },
    { label: 'Move later', isFor: at < list.length - 1, run: () => void photos.moveTo(photo, at + 1) },
  ];
  const acts = detail.canEdit ? moves.filter(({ isFor }) => isFor) : [];
  return [...acts, { label: 'Download', run: () => void download(photos, photo) }];
}

async function download({ detail: { open, row } }: ItemPhotos, photo: Photo): Promise<void> {
  const full = await fullPicture(open, photo.hash);
  if (full) saveBlob(`${row?.name ?? 'photo'}.${full.type.split('/')[1] ?? 'webp'}`, full);
  else open.app.toasts.show('This photo is not on this device. Connect once, then try again.', { tone: 'error' });
}
