import type { ItemRow } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/** Rows of a few items that may be nowhere in the list on screen, read reactively. */
export function rowsOf(open: OpenCollection, ids: () => readonly ItemId[]): { readonly current: ReadonlyMap<ItemId, ItemRow> } {
  let rows = $state.raw<ReadonlyMap<ItemId, ItemRow>>(new Map());
  const wanted = $derived(ids().join(' '));

  $effect(() => {
    const asked = wanted;
    // Without their rows they have no name and no picture, which is told by nothing else.
    open.app.cacaw.rows(asked === '' ? [] : (asked.split(' ') as ItemId[])).then(
      (found) => {
        if (asked === wanted) rows = new Map(found.map((row) => [row.id, row]));
      },
      (error: unknown) => open.app.report(error, 'Read the photos'),
    );
  });
  return {
    get current() {
      return rows;
    },
  };
}
