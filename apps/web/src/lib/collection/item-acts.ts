import type { ItemDraft } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from './open-collection.svelte.ts';

/** Moves items to the trash and offers to take it back. */
export async function trashItems(open: OpenCollection, items: readonly ItemId[], name?: string): Promise<boolean> {
  const what = items.length === 1 ? (name ? `“${name}”` : '1 item') : `${items.length.toLocaleString()} items`;
  const openOne = open.address.item;
  const done = await open.app.attemptUndoable(
    { type: 'trash', collection: open.id, items, folders: [] },
    `Move ${what} to Trash`,
    `${what} moved to Trash`,
  );
  if (done && openOne && items.includes(openOne)) await open.go({ item: undefined }, true);
  return done !== null;
}

/** Adds one item per line of `typed`, in the place, of the type and with the tags on screen; answers the new ids. */
export async function addTyped(open: OpenCollection, typed: string): Promise<readonly ItemId[] | null> {
  const names = typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const { place, tags } = open.address;
  const drafts: ItemDraft[] = names.map((name) => ({
    name,
    folderId: place === undefined || place === 'recovered' ? '' : place,
    type: open.row?.type,
    tags,
  }));
  const what = names.length === 1 ? `“${names[0]}”` : `${names.length} items`;
  const result = await open.app.attempt({ type: 'addItems', collection: open.id, drafts }, `Add ${what}`);
  return result?.items ?? null;
}
