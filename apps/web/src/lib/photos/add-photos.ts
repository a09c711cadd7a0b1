import type { ItemDraft, LookRequest } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import type { MadePhoto } from './making/messages.ts';
import { photoOf, PhotoError } from './making/photo-maker.ts';
import { nameOfFile, photosText, problemText, refusalMs } from './photo-words.ts';
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

/** Photos given to an item that is not open: said, for they may be below what is seen, and taken back by one Undo. */
export async function addPhotosTo(open: OpenCollection, item: ItemId, files: readonly File[]): Promise<void> {
  const [row] = await open.app.cacaw.rows([item]);
  if (!row) return;
  const commands = [];
  for (const file of files) {
    const photo = await madeOf(open, file);
    const result =
      photo && (await open.app.attempt({ type: 'addPhotos', collection: open.id, item, photos: [photo] }, `Add photo “${file.name}”`));
    if (result) commands.push(result.id);
  }
  const done = photosText(commands.length);
  if (commands.length > 0) open.app.offerUndo({ commands, collection: open.id, doing: `Add ${done}` }, `${done} added to “${row.name}”`);
}

/** What is different about items made of photos that are to be looked at. */
interface MadeOf {
  readonly name: (file: File) => string;
  readonly look?: LookRequest;
  /** What is told once they are kept. */
  readonly done: (count: number) => string;
}

const namedByFile: MadeOf = {
  name: nameOfFile,
  done: (count) => `${count === 1 ? '1 item' : `${count.toLocaleString()} items`} made of ${photosText(count)}`,
};

/** One item for each photo, named by its file unless told otherwise, in the place and with the tags on screen. */
export async function addItemsOfPhotos(
  open: OpenCollection,
  files: readonly File[],
  { name, look, done }: MadeOf = namedByFile,
): Promise<readonly ItemId[]> {
  const made: ItemId[] = [];
  const commands = [];
  const given = new Map<string, number>();
  for (const file of files) {
    const photo = await madeOf(open, file);
    if (!photo) continue;
    const draft: ItemDraft = { ...draftOf(open, nameApart(given, name(file)), photo), look };
    const result = await open.app.attempt({ type: 'addItems', collection: open.id, drafts: [draft] }, `Add “${draft.name}”`);
    if (!result) break;
    commands.push(result.id);
    made.push(...result.items);
  }
  const doing = `Add ${photosText(made.length)}`;
  if (made.length > 0) open.app.offerUndo({ commands, collection: open.id, doing }, done(made.length));
  return made;
}

function draftOf({ address: { place, tags }, row }: OpenCollection, name: string, photo: MadePhoto): ItemDraft {
  return { name, folderId: place === undefined || place === 'recovered' ? '' : place, type: row?.type, tags, photos: [photo] };
}

/** Several taken in the same minute stay apart. */
function nameApart(given: Map<string, number>, name: string): string {
  const count = (given.get(name) ?? 0) + 1;
  given.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}

async function madeOf(open: OpenCollection, file: File): Promise<MadePhoto | null> {
  try {
    const photo = await photoOf(file, (await open.app.cacaw.photoSettings()).keepsOriginals);
    giveAddress({ collection: open.id, hash: photo.hash, size: '300', view: null }, photo.thumbnail);
    return photo;
  } catch (error) {
    if (error instanceof PhotoError) open.app.toasts.show(problemText(file.name, error.problem), { tone: 'error', lastsMs: refusalMs });
    else open.app.report(error, `Add photo “${file.name}”`);
    return null;
  }
}
