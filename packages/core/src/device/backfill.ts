import type { CollectionId } from '@cacaw/protocol';
import type { HeldCollection } from './held-collection.ts';
import type { StoreWriter } from './store.ts';

/** Done commands are remembered this long: for undo, and for a follower that asks again. */
const commandsKeptMs = 30 * 24 * 3_600_000;
const prunedAtOnce = 500;

/** One step of idle work: turns one chunk into single records, or prunes old command ids. Returns whether more is left. */
export async function backfillStep(tx: StoreWriter, held: ReadonlyMap<CollectionId, HeldCollection>, nowMs: number): Promise<boolean> {
  const [chunk] = await tx.range('chunks', { limit: 1 });
  if (chunk === undefined) return pruneCommands(tx, nowMs);
  for (const row of chunk.rows) tx.put('items', row);
  tx.delete('chunks', [chunk.collection, chunk.shard]);
  const unit = held.get(chunk.collection)?.units.get(chunk.shard);
  if (unit !== undefined) unit.chunked = false;
  return true;
}

async function pruneCommands(tx: StoreWriter, nowMs: number): Promise<boolean> {
  const old = await tx.range('commands', { index: 'at', upper: nowMs - commandsKeptMs, limit: prunedAtOnce });
  for (const { id } of old) tx.delete('commands', id);
  return old.length === prunedAtOnce;
}
