import type { Random } from './ports.ts';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names a collection: 22 base62 characters (131 bits), unguessable but not a secret. */
export type CollectionId = Branded<string, 'CollectionId'>;
/** Names a row shard and its note shard: 6 base62 characters, unique within a collection. */
export type ShardId = Branded<string, 'ShardId'>;
/** Names a row within its shard: 8 base62 characters. */
export type LocalId = Branded<string, 'LocalId'>;
/** Names an item for ever: its birth shard's id followed by its local id, 14 characters. */
export type ItemId = Branded<string, 'ItemId'>;
/** Names a folder: 10 base62 characters; folders live in the root document. */
export type FolderId = Branded<string, 'FolderId'>;
/** One leader term of one device store in one collection; the Yjs client id of all it writes (uint32, > 0). */
export type WriterId = Branded<number, 'WriterId'>;
/** A person inside one collection, as the log names them (uint32, > 0). */
export type MemberId = Branded<number, 'MemberId'>;
/** A person across collections: base64url SHA-256 of their account secret until accounts exist. */
export type AccountId = Branded<string, 'AccountId'>;
/** Position in a collection's log, counted from 1. */
export type Seq = Branded<number, 'Seq'>;
/** Counts a writer's pushes from 1 by one. */
export type Ref = Branded<number, 'Ref'>;
/** Names a command across tabs and retries: 22 base62 characters. */
export type CommandId = Branded<string, 'CommandId'>;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns `length` uniformly random base62 characters. */
export function randomBase62(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length + 4)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

const base62 = (length: number): RegExp => new RegExp(`^[0-9A-Za-z]{${length}}$`);
const collectionPattern = base62(22);
const shardPattern = base62(6);
const localPattern = base62(8);
const itemPattern = base62(14);
const folderPattern = base62(10);

/** True for 22 letters and digits. */
export const isCollectionId = (value: unknown): value is CollectionId => typeof value === 'string' && collectionPattern.test(value);
/** True for 6 letters and digits. */
export const isShardId = (value: unknown): value is ShardId => typeof value === 'string' && shardPattern.test(value);
/** True for 8 letters and digits. */
export const isLocalId = (value: unknown): value is LocalId => typeof value === 'string' && localPattern.test(value);
/** True for 14 letters and digits. */
export const isItemId = (value: unknown): value is ItemId => typeof value === 'string' && itemPattern.test(value);
/** True for 10 letters and digits. */
export const isFolderId = (value: unknown): value is FolderId => typeof value === 'string' && folderPattern.test(value);
/** True for a whole number from 1 to 2^32 - 1. */
export const isWriterId = (value: unknown): value is WriterId =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffffffff;

/** A new collection id. */
export const newCollectionId = (random: Random): CollectionId => randomBase62(random, 22) as CollectionId;
/** A new shard id; its collection must not hold it yet. */
export const newShardId = (random: Random): ShardId => randomBase62(random, 6) as ShardId;
/** A new local id. */
export const newLocalId = (random: Random): LocalId => randomBase62(random, 8) as LocalId;
/** A new folder id. */
export const newFolderId = (random: Random): FolderId => randomBase62(random, 10) as FolderId;
/** A new command id. */
export const newCommandId = (random: Random): CommandId => randomBase62(random, 22) as CommandId;

/** Returns a random writer id; never 0. */
export function newWriterId(random: Random): WriterId {
  for (;;) {
    const bytes = random.bytes(4);
    const id = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (id > 0) return id as WriterId;
  }
}

/** The id of the item born as `local` in `shard`. */
export const itemId = (shard: ShardId, local: LocalId): ItemId => (shard + local) as ItemId;
/** The shard an item was born in, and lives in for ever. */
export const shardOf = (item: ItemId): ShardId => item.slice(0, 6) as ShardId;
/** The id of an item within its shard. */
export const localOf = (item: ItemId): LocalId => item.slice(6) as LocalId;
