import type { CollectionId } from '@cacaw/protocol';
import type { Work } from './edit.ts';
import type { RowChanges } from './row-changes.ts';
import type { StoreWriter } from './store.ts';

/** Removes a collection and everything of it. */
export async function forgetCollection({ tx, held, rows }: Work): Promise<void> {
  const { id } = held;
  held.isTouched = true;
  await dropRows(tx, id, rows);
  dropConfirmed(tx, id);
  tx.deleteRange('pending', { prefix: [id] });
  tx.deleteRange('journal', { index: 'collection', lower: id, upper: id });
  tx.deleteRange('tray', { index: 'collection', lower: id, upper: id });
  rows.dropCollection(tx);
  held.drop();
  held.isForgotten = true;
}

/**
 * Drops what came from a log that is no more; own unsent writes stay exactly as they were pushed. Those known to be committed
 * there are pending again: only the new log can say whether it has them.
 */
export async function resetCollection({ tx, held, rows }: Work): Promise<void> {
  held.isTouched = true;
  await dropRows(tx, held.id, rows);
  dropConfirmed(tx, held.id);
  for (const pending of held.pending.all()) {
    if (pending.committed !== true) continue;
    const { committed: _committed, ...open } = pending;
    held.pending.set(open);
    tx.put('pending', open);
  }
  held.forgetCursor();
  held.drop();
  await showPending({ tx, held, rows });
}

/** What the unsent writes show on their own until the new log arrives. */
async function showPending({ tx, held, rows }: Pick<Work, 'tx' | 'held' | 'rows'>): Promise<void> {
  for (const key of held.pendingUnits()) await rows.touchAll(tx, await held.unit(tx, key));
}

async function dropRows(tx: StoreWriter, collection: CollectionId, rows: RowChanges): Promise<void> {
  const ofCollection = { lower: collection, upper: collection };
  const [folders, items, chunks] = await Promise.all([
    tx.range('folders', { index: 'collection', ...ofCollection }),
    tx.range('items', { index: 'collection', prefix: [collection] }),
    tx.range('chunks', { prefix: [collection] }),
  ]);
  rows.tellGone({ folders, items: [...items, ...chunks.flatMap((chunk) => chunk.rows)] });
  tx.deleteRange('folders', { index: 'collection', ...ofCollection });
  tx.deleteRange('items', { index: 'collection', prefix: [collection] });
  tx.deleteRange('chunks', { prefix: [collection] });
  tx.delete('chunkEnds', collection);
}

function dropConfirmed(tx: StoreWriter, collection: CollectionId): void {
  tx.deleteRange('confirmed', { prefix: [collection] });
  tx.delete('cursors', collection);
}
