import type { RowChunk, StoreWriter } from './store.ts';

/** Done commands are remembered this long: for undo, and for a follower that asks again. */
const commandsKeptMs = 30 * 24 * 3_600_000;
const prunedAtOnce = 500;

/** What one step of idle work did. */
export interface TidyStep {
  readonly hasMore: boolean;
  /** The chunk that became single records: its unit may be told once the transaction has completed, not before. */
  readonly unchunked?: Pick<RowChunk, 'collection' | 'shard'> | undefined;
}

/** One step of idle work: turns one chunk into single records, or prunes old command ids. */
export async function backfillStep(tx: StoreWriter, nowMs: number): Promise<TidyStep> {
  const [chunk] = await tx.range('chunks', { limit: 1 });
  if (chunk === undefined) return { hasMore: await pruneCommands(tx, nowMs) };
  for (const row of chunk.rows) tx.put('items', row);
  tx.delete('chunks', [chunk.collection, chunk.shard]);
  return { hasMore: true, unchunked: chunk };
}

async function pruneCommands(tx: StoreWriter, nowMs: number): Promise<boolean> {
  const old = await tx.range('commands', { index: 'at', upper: nowMs - commandsKeptMs, limit: prunedAtOnce });
  for (const { id } of old) tx.delete('commands', id);
  return old.length === prunedAtOnce;
}
