import type { Photo } from '@cacaw/core';
import { saveBlob } from '../app/save-file.ts';
import type { ItemPhotos } from './item-photos.svelte.ts';
import { fullPicture } from './live-picture.svelte.ts';

interface PhotoAct {
  readonly label: string;
  readonly run: () => void;
}

/** What the menu of a photo offers now: its place among the others, and its file. */
export function photoActs(photos: ItemPhotos, photo: Photo, onfind: () => void): readonly PhotoAct[] {
  const { detail, list, at } = photos;
  const acts: readonly (PhotoAct & { readonly isFor: boolean })[] = [
    { label: 'Find items in this photo…', isFor: detail.canEdit, run: onfind },
    { label: 'Make cover', isFor: detail.canEdit && at > 0, run: () => void photos.moveTo(photo, 0) },
    { label: 'Move earlier', isFor: detail.canEdit && at > 0, run: () => void photos.moveTo(photo, at - 1) },
    { label: 'Move later', isFor: detail.canEdit && at < list.length - 1, run: () => void photos.moveTo(photo, at + 1) },
    { label: 'Download', isFor: true, run: () => void download(photos, photo) },
  ];
  return acts.filter(({ isFor }) => isFor);
}

async function download({ detail: { open, row } }: ItemPhotos, photo: Photo): Promise<void> {
  const full = await fullPicture(open, photo.hash);
  if (full) saveBlob(`${row?.name ?? 'photo'}.${full.type.split('/')[1] ?? 'webp'}`, full);
  else open.app.toasts.show('This photo is not on this device. Connect once, then try again.', { tone: 'error' });
}
