import type { CollectionRow } from '@cacaw/core';

/** True of a collection that the relay is to hear of that it learns; that it learns no more, it is told by whoever told it. */
export const learnsHere = (row: CollectionRow | null | undefined): boolean =>
  row?.role === 'owner' && row.learns === true && row.mode === 'sync';
