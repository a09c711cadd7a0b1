import type { CollectionId } from '@cacaw/protocol';
import { blankCollection, type Work } from './edit.ts';
import type { CollectionRow } from '../inventory/rows.ts';
import { dropLooks } from './look-marks.ts';
import type { RowChanges } from './row-changes.ts';
import { below, type DeviceStore, type StoreWriter } from './store.ts';

/** Removes a collection and everything of it. */
export async function forgetCollection(work: Work): Promise<void> {
  await dropContent(work);
  work.rows.dropCollection(work.tx);
}

/** The local copy of a deleted collection is kept this long, and so is the word of one that was taken away. */
const keptAfterPartingMs = 30 * 24 * 3_600_000;

/** A collection that has been gone for so long that nothing of it need stay. */
export async function longGone(store: DeviceStore, nowMs: number): Promise<CollectionId | undefined> {
  const rows = await store.read(['collections'], (tx) => tx.range('collections', {}));
  return rows.find((row) => isPastKeeping(row, nowMs))?.id;
}

const isPastKeeping = ({ gone, parting }: CollectionRow, nowMs: number): boolean =>
  gone !== null && parting !== undefined && nowMs - parting.at >= keptAfterPartingMs;

/**
 * The relay says that a collection is gone. What was erased, or is no longer ours to see, leaves this device at once: only its name
 * stays, with what happened to it and how many unsent edits went along. A deleted one keeps everything.
 */
export async function partFrom(work: Work, row: CollectionRow, gone: NonNullable<CollectionRow['gone']>): Promise<CollectionRow> {
  const unsent = work.held.pending.all().filter((one) => one.committed !== true);
  const parting = { at: work.nowMs, unsent: new Set(unsent.map((one) => one.command)).size };
  if (gone === 'deleted') return { ...row, gone, parting };
  await dropContent(work);
  const { id, name, type, createdAt, mode, role } = row;
  return { ...blankCollection(id, createdAt), name, type, mode, role, gone, parting };
}

async function dropContent({ tx, held, rows }: Work): Promise<void> {
  const { id } = held;
  held.isTouched = true;
  await dropRows(tx, id, rows);
  dropConfirmed(tx, id);
  dropPhotos(tx, id);
  dropLooks(tx, id);
  held.queueChanges += 1;
  tx.deleteRange('pending', { prefix: [id] });
  tx.deleteRange('journal', { index: 'collection', lower: id, upper: id });
  tx.deleteRange('tray', { index: 'collection', lower: id, upper: id });
  // What would take a command back holds what stood before it.
  for (const command of await tx.range('commands', {})) if (command.collection === id) tx.delete('commands', command.id);
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

function dropPhotos(tx: StoreWriter, collection: CollectionId): void {
  tx.deleteRange('images', below(collection));
  tx.deleteRange('settings', below(`upload/${collection}`));
  tx.deleteRange('settings', below(`image/${collection}`));
}

function dropConfirmed(tx: StoreWriter, collection: CollectionId): void {
  tx.deleteRange('confirmed', { prefix: [collection] });
  tx.delete('cursors', collection);
}
