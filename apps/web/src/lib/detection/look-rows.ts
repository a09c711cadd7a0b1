import type { ItemRow } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import { liveItem } from '@cacaw/svelte';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/** Rows of a few items that may be nowhere in the list on screen, each read reactively and as it is now. */
export function rowsOf({ app }: OpenCollection): (id: ItemId) => ItemRow | undefined {
  const followed = new Map<ItemId, ReturnType<typeof liveItem>>();
  return (id) => {
    const row = followed.get(id) ?? liveItem(app.cacaw, id);
    followed.set(id, row);
    return row.current ?? undefined;
  };
}
