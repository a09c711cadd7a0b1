import type { ItemRow, LookRequest, Photo } from '@cacaw/core';
import { isWholePicture, type ItemId } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { addItemsOfPhotos } from '../photos/add-photos.ts';
import { fullPicture } from '../photos/live-picture.svelte.ts';
import { thumbnailOf } from '../photos/making/photo-maker.ts';
import { onlyTurned } from '../photos/making/view-geometry.ts';
import { photosText } from '../photos/photo-words.ts';
import { shelfName, shelfNameOf } from './shelf-name.ts';

/** What the devices of this account, or this one alone, are to look at. */
export function lookBy(open: OpenCollection, isOne: boolean): LookRequest {
  const account = open.app.place?.account;
  return { by: typeof account === 'string' ? account : '', prompt: '', isOne };
}

/** Keeps photos at once, each as an item of its own until it has become what is in it. */
export function captureShelf(open: OpenCollection, files: readonly File[], isOne: boolean): Promise<readonly ItemId[]> {
  return addItemsOfPhotos(open, files, {
    name: () => shelfName(Date.now()),
    look: lookBy(open, isOne),
    done: (count) => `${photosText(count)} kept. What is found will stand above the list.`,
  });
}

/** Has what is in a photo of an item looked for: the photo becomes an item of its own beside it, or in it. Undefined when it could not. */
export async function findItemsIn(open: OpenCollection, row: ItemRow, photo: Photo): Promise<ItemId | undefined> {
  const blob = await fullPicture(open, photo.hash);
  if (!blob) {
    open.app.toasts.show('This photo is not on this device. Connect once, then try again.', { tone: 'error' });
    return undefined;
  }
  const { hash, width, height, mediaType } = photo;
  // All of it is looked at, whatever is cut out for its own item.
  const view = onlyTurned(photo.view);
  const thumbnail = await thumbnailOf(blob, view);
  const draft = {
    name: shelfNameOf(row.name),
    folderId: row.canContain ? row.id : row.folderId,
    type: open.row?.type,
    photos: [{ hash, width, height, mediaType, view: isWholePicture(view) ? null : view, blob, thumbnail }],
    look: lookBy(open, false),
  };
  const result = await open.app.attemptUndoable(
    { type: 'addItems', collection: open.id, drafts: [draft] },
    'Find items in this photo',
    'Looking for items in this photo',
  );
  return result?.items[0];
}

/** Has an item filled in from its own photos. */
export async function fillIn(open: OpenCollection, item: ItemId): Promise<boolean> {
  const change = { look: lookBy(open, true) };
  return (await open.app.attempt({ type: 'editItem', collection: open.id, item, change }, 'Fill in from the photos')) !== null;
}
