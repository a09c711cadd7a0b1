import {
  itemId,
  isItemId,
  localOf,
  newCommandId,
  newFolderId,
  newShardId,
  shardOf,
  type CollectionId,
  type CommandId,
  type ItemId,
  type Random,
  type ShardId,
} from '@cacaw/protocol';
import { CommandError, type Command, type CommandResult, type Copies, type FolderCopy, type ItemCopy } from '../inventory/commands.ts';
import type { CustomField, PlaceId } from '../inventory/rows.ts';
import { withBlobs, type BundleBlobs, type ItemWithBlobs } from './bundle-blobs.ts';
import type { Bundle, BundleProblem } from './bundle.ts';

/** What making a collection again needs to run. */
export interface Recreation {
  /** Fresh, never the one in the file: that may be gone for ever where the file comes from. */
  readonly collection: CollectionId;
  readonly random: Random;
  /** Rejects with {@link CommandError} when a row breaks a limit; any other fault ends the recreation. */
  readonly run: (command: Command, id: CommandId) => Promise<CommandResult>;
  readonly onProgress?: ((progress: { readonly rowsDone: number; readonly rowsTotal: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What lies beside the bundle; without it photos and files are named by the rows and looked for at the relay. */
  readonly blobs?: BundleBlobs | undefined;
}

/** How it ended; what was kept before stays kept. */
export interface RecreationReceipt {
  readonly ended: 'done' | 'cancelled' | 'failed';
  readonly rowsDone: number;
  /** Photos and files whose bytes came with them. */
  readonly blobsDone: number;
  /** Rows of the file that are not there, and bytes that are not, with the reasons. */
  readonly problems: readonly BundleProblem[];
  readonly error?: unknown;
}

const batchRows = 512;
const batchCharacters = 250_000;
/** Of photos and files: what is held at once, beyond what one item has. */
const batchBytes = 8 * 1024 * 1024;

/** Makes the collection of a bundle on this device, each command kept before the next begins. Never rejects: the receipt says how it ended. */
export async function recreateBundle(bundle: Bundle, options: Recreation): Promise<RecreationReceipt> {
  const { collection, random, run, onProgress, signal } = options;
  const problems: BundleProblem[] = [...bundle.problems];
  const { name, type, currency } = bundle.collection;
  let [rowsDone, blobsDone] = [0, 0];
  const receipt = (ended: RecreationReceipt['ended']): RecreationReceipt => ({ ended, rowsDone, blobsDone, problems });
  /** One row that breaks a limit must not keep the others out: halves are tried until it is found. */
  const copy = async (parts: Parts): Promise<void> => {
    try {
      const copies = copiesOf(parts);
      await run({ type: 'recreate', collection, copies }, newCommandId(random));
      rowsDone += copies.items?.length ?? 0;
      blobsDone += copies.blobs?.length ?? 0;
      problems.push(...parts.flatMap((part) => (part.kind === 'items' ? part.problems : [])));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const [only] = parts;
      if (parts.length > 1) {
        const half = parts.length >> 1;
        await copy(parts.slice(0, half));
        await copy(parts.slice(half));
      } else if (only !== undefined) problems.push({ name: nameOf(only), reason: error.message });
    }
    onProgress?.({ rowsDone, rowsTotal: bundle.items.length });
  };
  try {
    await run({ type: 'createCollection', id: collection, draft: { name, type, currency } }, newCommandId(random));
    for await (const batch of batches(partsOf(bundle, options))) {
      if (signal?.aborted === true) return receipt('cancelled');
      await copy(batch);
    }
    return receipt(signal?.aborted === true ? 'cancelled' : 'done');
  } catch (error) {
    return { ...receipt('failed'), error };
  }
}

type Settings = NonNullable<Copies['settings']>;

/** One thing to make, small enough to be refused alone. */
type Part =
  | { readonly kind: 'createdAt'; readonly row: number }
  | { readonly kind: 'settings'; readonly row: readonly [key: string, value: Settings[string]] }
  | { readonly kind: 'fields'; readonly row: CustomField }
  | { readonly kind: 'folders'; readonly row: FolderCopy }
  | ({ readonly kind: 'items' } & ItemWithBlobs);
type Parts = readonly Part[];

/** Bytes are read as the parts are asked for: no more of them than a batch takes is held. */
async function* partsOf({ collection, folders, items }: Bundle, { blobs, random, signal }: Recreation): AsyncGenerator<Part> {
  yield { kind: 'createdAt', row: collection.createdAt };
  for (const row of Object.entries(collection.settings)) yield { kind: 'settings', row };
  for (const row of collection.fields) yield { kind: 'fields', row };
  for (const row of folders) yield { kind: 'folders', row };
  // Shard by shard, so that a batch touches few documents.
  for (const row of [...items].sort(byShard)) {
    if (signal?.aborted === true) return;
    yield { kind: 'items', ...(blobs === undefined ? { row, blobs: [], problems: [] } : await withBlobs(row, blobs, random)) };
  }
}

const byShard = (a: ItemCopy, b: ItemCopy): number => (a.id < b.id ? -1 : 1);

async function* batches(parts: AsyncIterable<Part>): AsyncGenerator<Parts> {
  let batch: Part[] = [];
  let [characters, bytes] = [0, 0];
  for await (const part of parts) {
    characters += JSON.stringify(part.row).length;
    bytes += bytesOf(part);
    if (batch.length > 0 && (batch.length === batchRows || characters > batchCharacters || bytes > batchBytes)) {
      yield batch;
      batch = [];
      [characters, bytes] = [JSON.stringify(part.row).length, bytesOf(part)];
    }
    batch.push(part);
  }
  if (batch.length > 0) yield batch;
}

const bytesOf = (part: Part): number => (part.kind === 'items' ? part.blobs.reduce((sum, { blob }) => sum + blob.size, 0) : 0);

const copiesOf = (parts: Parts): Copies => ({
  createdAt: parts.find((part) => part.kind === 'createdAt')?.row,
  settings: Object.fromEntries(parts.flatMap((part) => (part.kind === 'settings' ? [part.row] : []))),
  fields: parts.flatMap((part) => (part.kind === 'fields' ? [part.row] : [])),
  folders: parts.flatMap((part) => (part.kind === 'folders' ? [part.row] : [])),
  items: parts.flatMap((part) => (part.kind === 'items' ? [part.row] : [])),
  blobs: parts.flatMap((part) => (part.kind === 'items' ? part.blobs : [])),
});

function nameOf(part: Part): string {
  if (part.kind === 'createdAt') return 'Creation time';
  if (part.kind === 'settings') return `Setting ${part.row[0]}`;
  return part.kind === 'fields' ? part.row.label : part.row.name;
}

/**
 * The same collection under ids nobody has, for a device that still holds the original. Ids keep their order among each other,
 * because merges lead to smaller ones.
 */
export function withFreshIds(bundle: Bundle, random: Random): Bundle {
  const shards = renamedShards(bundle, random);
  const folders = new Map<string, PlaceId>(bundle.folders.map(({ id }) => [id, newFolderId(random)]));
  const item = (id: ItemId): ItemId => itemId(shards.get(shardOf(id)) ?? shardOf(id), localOf(id));
  const place = (id: PlaceId): PlaceId => (isItemId(id) ? item(id) : (folders.get(id) ?? id));
  return {
    ...bundle,
    folders: bundle.folders.map((row) => ({ ...row, id: place(row.id) as typeof row.id, parent: place(row.parent) })),
    items: bundle.items.map((row) => ({
      ...row,
      id: item(row.id),
      folderId: place(row.folderId),
      mergedInto: row.mergedInto === null ? null : item(row.mergedInto),
      places: Object.fromEntries(Object.entries(row.places).map(([key, quantity]) => [place(key as PlaceId), quantity])),
    })),
  };
}

function renamedShards({ items }: Bundle, random: Random): ReadonlyMap<ShardId, ShardId> {
  const old = [...new Set(items.map(({ id }) => shardOf(id)))].sort();
  const fresh = new Set<ShardId>();
  while (fresh.size < old.length) fresh.add(newShardId(random));
  const sorted = [...fresh].sort();
  return new Map(old.map((shard, at) => [shard, sorted[at] ?? shard]));
}
