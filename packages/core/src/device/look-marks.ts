import type { CollectionId } from '@cacaw/protocol';
import type { ItemRow } from '../inventory/rows.ts';
import type { RowsChange } from './device.ts';
import { below, type StoreWriter } from './store.ts';

/** What is kept in `settings` of what is to be looked at, by the first part of its keys: `<kind>/<collection>/<item>`. */
export const lookKinds = ['look', 'looked', 'review', 'lesson', 'learning'] as const;

/** Key of one of them. */
export const lookKey = (kind: (typeof lookKinds)[number], collection: CollectionId, id: string): string => `${kind}/${collection}/${id}`;

interface Changed extends Pick<RowsChange, 'collection' | 'cause'> {
  readonly items: ReadonlyMap<string, ItemRow | null>;
}

/**
 * Notes items that are to be looked at, so that nothing has to search for them. The mark outlives the wish: whoever reads it looks at the
 * item itself, and takes away what is no longer true.
 */
export async function markLooks(tx: StoreWriter, { collection, items, cause }: Changed): Promise<void> {
  for (const [id, row] of items) {
    if ((row?.look ?? null) === null) continue;
    const key = lookKey('look', collection, id);
    if ((await tx.get('settings', key)) === undefined) tx.put('settings', { key, value: { isOurs: cause === 'command' } });
  }
}

/** Takes along everything of what was to be looked at in a collection. */
export function dropLooks(tx: StoreWriter, collection: CollectionId): void {
  for (const kind of lookKinds) tx.deleteRange('settings', below(`${kind}/${collection}`));
}
