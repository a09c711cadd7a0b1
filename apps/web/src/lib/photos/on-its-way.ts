import type { PhotoOnItsWay } from '@cacaw/client';
import type { ItemRow } from '@cacaw/core';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/** What a line about something on its way is called: what it belongs to, and which part of that it is. */
export interface OnItsWayText {
  readonly item: string;
  readonly part: string;
}

/** Names a photo by its item, caption and place, a file by its own name; `row` is its item as far as that is here. */
export function onItsWayText({ hash, use, items }: PhotoOnItsWay, row: ItemRow | null | undefined): OnItsWayText {
  const others = items.length > 1 ? ` and ${(items.length - 1).toLocaleString()} more` : '';
  return { item: `${row?.name || 'An item'}${others}`, part: use === 'photo' ? photoText(hash, row) : fileText(hash, row) };
}

function photoText(hash: PhotoOnItsWay['hash'], row: ItemRow | null | undefined): string {
  const { photos = [] } = row ?? {};
  const at = photos.findIndex((photo) => photo.hash === hash);
  return photos[at]?.caption || (photos.length > 1 && at >= 0 ? `Photo ${at + 1} of ${photos.length}` : 'Photo');
}

const fileText = (hash: PhotoOnItsWay['hash'], row: ItemRow | null | undefined): string =>
  row?.files.find((file) => file.hash === hash)?.name ?? 'File';

/** Takes it away from every item it belongs to, and so from what is to be sent; one Undo brings it back. */
export async function removeFromItems(open: OpenCollection, { hash, use, items }: PhotoOnItsWay): Promise<void> {
  const [what, done] = use === 'photo' ? ['Remove photo', 'Photo removed'] : ['Remove file', 'File removed'];
  const commands = [];
  for (const item of items) {
    const from = { collection: open.id, item };
    const command =
      use === 'photo'
        ? ({ ...from, type: 'removePhotos', photos: [hash] } as const)
        : ({ ...from, type: 'removeFiles', files: [hash] } as const);
    const result = await open.app.attempt(command, what);
    if (result) commands.push(result.id);
  }
  if (commands.length > 0) open.app.offerUndo({ commands, collection: open.id, doing: what }, done);
}
