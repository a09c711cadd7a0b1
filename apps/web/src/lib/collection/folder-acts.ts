import type { FolderRow } from '@cacaw/core';
import type { OpenCollection } from './open-collection.svelte.ts';

/** Moves a folder with all it holds to the trash and offers to take it back; says what went with it. */
export async function trashFolder(open: OpenCollection, folder: FolderRow): Promise<void> {
  const inside = open.tree?.nodes.find((node) => node.row.id === folder.id)?.itemsWithin ?? 0;
  const holding = inside > 0 ? ` with ${inside.toLocaleString()} ${inside === 1 ? 'item' : 'items'}` : '';
  const inIt = open.path(open.address.place).some((above) => above.id === folder.id);
  const done = await open.app.attemptUndoable(
    { type: 'trash', collection: open.id, items: [], folders: [folder.id] },
    `Move “${folder.name}” to Trash`,
    `“${folder.name}”${holding} moved to Trash`,
  );
  if (done && inIt) await open.go({ place: undefined, item: undefined });
}
