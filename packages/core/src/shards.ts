import { newShardId, type Random, type ShardId } from '@cacaw/protocol';
import type { RegisterReader } from './registers.ts';

/** Rows born in one shard before the next is opened; several offline devices may overfill one (the guard refuses above 512). */
export const shardCapacity = 128;

/** The shards a root document hints at, oldest first. The relay's list of documents is authoritative for what exists. */
export function hintedShards(root: RegisterReader): readonly ShardId[] {
  const found: { readonly shard: ShardId; readonly at: number }[] = [];
  for (const row of root.rows()) {
    if (!row.startsWith('S')) continue;
    const at = root.get(row, 'C')?.value;
    found.push({ shard: row.slice(1) as ShardId, at: typeof at === 'number' ? at : 0 });
  }
  return found.sort((a, b) => a.at - b.at || (a.shard < b.shard ? -1 : 1)).map((one) => one.shard);
}

/** A stretch of new rows born together in one shard. */
export interface Berth {
  readonly shard: ShardId;
  readonly count: number;
  /** The shard is opened by this birth and needs its hint in the root. */
  readonly opened: boolean;
}

/** Where `count` rows are born: first in what is left of the newest shard, then in new ones. */
export function berthsFor(count: number, newest: { readonly shard: ShardId; readonly births: number } | undefined, random: Random): readonly Berth[] {
  const berths: Berth[] = [];
  const room = newest === undefined ? 0 : Math.min(count, Math.max(0, shardCapacity - newest.births));
  if (newest !== undefined && room > 0) berths.push({ shard: newest.shard, count: room, opened: false });
  for (let left = count - room; left > 0; left -= shardCapacity) {
    berths.push({ shard: newShardId(random), count: Math.min(left, shardCapacity), opened: true });
  }
  return berths;
}
