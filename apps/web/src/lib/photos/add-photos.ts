import type { ItemDraft } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import type { MadePhoto } from './making/messages.ts';
import { photoOf, PhotoError } from './making/photo-maker.ts';
import { nameOfFile, photosText, problemText } from './photo-words.ts';
import { giveAddress } from './picture-cache.ts';

/** What stands on screen as soon as a file was picked. */
export type OnMade = (file: File) => void;

/** Photos one after the other, so that the first is kept while the last is still being made; `onDone` hears of each file, kept or not. */
export async function addPhotos(
  open: OpenCollection,
  item: ItemId,
  files: readonly File[],
  onDone: OnMade = () => undefined,
): Promise<void> {
  for (const file of files) {
    const photo = await madeOf(open, file);
    if (photo) {
      await open.app.attempt({ type: 'addPhotos', collection: open.id, item, photos: [photo] }, `Add photo “${file.name}”`);
    }
    onDone(file);
  }
}

/** One item for each photo, named by its file, in the place and with the tags on screen. */
export async function addItemsOfPhotos(open: OpenCollection, files: readonly File[]): Promise<readonly ItemId[]> {
  const { place, tags } = open.address;
  const made: ItemId[] = [];
  const commands = [];
  for (const file of files) {
    const photo = await madeOf(open, file);
    if (!photo) continue;
    const draft: ItemDraft = {
      name: nameOfFile(file.name),
      folderId: place === undefined || place === 'recovered' ? '' : place,
      type: open.row?.type,
      tags,
      photos: [photo],
    };
    const result = await open.app.attempt({ type: 'addItems', collection: open.id, drafts: [draft] }, `Add “${draft.name}”`);
    if (!result) break;
    commands.push(result.id);
    made.push(...result.items);
  }
  const count = made.length === 1 ? '1 item' : `${made.length.toLocaleString()} items`;
  if (made.length > 0)
    open.app.offerUndo(
      { commands, collection: open.id, doing: `Add ${photosText(made.length)}` },
      `${count} made of ${photosText(made.length)}`,
    );
  return made;
}

async function madeOf(open: OpenCollection, file: File): Promise<MadePhoto | null> {
  try {
    const photo = await photoOf(file, (await open.app.cacaw.photoSettings()).keepsOriginals);
    giveAddress({ collection: open.id, hash: photo.hash, size: '300', view: null }, photo.thumbnail);
    return photo;
  } catch (error) {
    if (error instanceof PhotoError) open.app.toasts.show(problemText(file.name, error.problem), { tone: 'error' });
    else open.app.report(error, `Add photo “${file.name}”`);
    return null;
  }
}
