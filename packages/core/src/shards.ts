import { newShardId, type Random, type ShardId } from '@cacaw/protocol';
import type { RegisterReader } from './registers.ts';

/** Rows born in one shard before the next is opened; several offline devices may overfill one (the guard refuses above 512). */
export const shardCapacity = 128;

/** A shard as the root document names it, with the time it was opened. */
export interface ShardHint {
  readonly shard: ShardId;
  readonly at: number;
}

/**
 * The shards a root document hints at, oldest first; the relay's list of documents is authoritative for what exists. A time after
 * `latestMs` is somebody's mistake and counts for nothing, lest one shard stay the newest for ever.
 */
export function hintedShards(root: RegisterReader, latestMs: number): readonly ShardHint[] {
  const found: ShardHint[] = [];
  for (const row of root.rows()) {
    if (!row.startsWith('S')) continue;
    const at = root.get(row, 'C')?.value;
    found.push({ shard: row.slice(1) as ShardId, at: typeof at === 'number' && at <= latestMs ? at : 0 });
  }
  return found.sort((a, b) => a.at - b.at || (a.shard < b.shard ? -1 : 1));
}

/** A stretch of new rows born together in one shard. */
export interface Berth {
  readonly shard: ShardId;
  readonly count: number;
  /** The shard is opened by this birth and needs its hint in the root. */
  readonly opened: boolean;
}

/** Where `count` rows are born: first in what is left of the newest shard, then in new ones. */
export function berthsFor(
  count: number,
  newest: { readonly shard: ShardId; readonly births: number } | undefined,
  random: Random,
): readonly Berth[] {
  const berths: Berth[] = [];
  const room = newest === undefined ? 0 : Math.min(count, Math.max(0, shardCapacity - newest.births));
  if (newest !== undefined && room > 0) berths.push({ shard: newest.shard, count: room, opened: false });
  for (let left = count - room; left > 0; left -= shardCapacity) {
    berths.push({ shard: newShardId(random), count: Math.min(left, shardCapacity), opened: true });
  }
  return berths;
}
