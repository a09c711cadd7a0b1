import { newShardId, softBirthsPerShard, type Random, type ShardId } from '@cacaw/protocol';
import type { RegisterReader } from './registers.ts';

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

/** What the rows of one command may take in one shard, so that its update stays well below what the guard lets pass (1 MiB). */
const bytesPerBirth = 768 * 1024;

/** Gives every new row its shard: first what is left of the newest one, then new ones of 128. */
export class Berths {
  readonly #random: Random;
  #shard: ShardId | undefined;
  #births: number;
  #bytes = 0;

  constructor(newest: { readonly shard: ShardId; readonly births: number } | undefined, random: Random) {
    this.#shard = newest?.shard;
    this.#births = newest?.births ?? 0;
    this.#random = random;
  }

  /** The shard for a row of at most `bytes` bytes; `opened` when it is new and needs its hint in the root. */
  take(bytes: number): { readonly shard: ShardId; readonly opened: boolean } {
    this.#bytes += bytes;
    this.#births += 1;
    if (this.#shard !== undefined && this.#births <= softBirthsPerShard && this.#bytes <= bytesPerBirth)
      return { shard: this.#shard, opened: false };
    this.#shard = newShardId(this.#random);
    this.#births = 1;
    this.#bytes = bytes;
    return { shard: this.#shard, opened: true };
  }
}
