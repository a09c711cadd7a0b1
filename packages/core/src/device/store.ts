import type { CollectionId, CommandId, DocumentName, Json, MemberId, Ref, Seq, ShardId, Stamp, WriterId } from '@cacaw/protocol';
import type { UndoRecord } from '../inventory/plan-view.ts';
import type { CollectionRow, FolderRow, ItemRow } from '../inventory/rows.ts';
import type { Write } from '../registers.ts';

/** A key as IndexedDB orders them: numbers before strings before arrays, arrays element by element. */
export type StoreKey = string | number | readonly (string | number)[];

/** An update the relay's log holds. Snapshots (`snapshot: true`) stand for every update of their document up to `seq`. */
export interface ConfirmedUpdate {
  readonly collection: CollectionId;
  readonly document: DocumentName;
  readonly seq: Seq;
  readonly snapshot: boolean;
  readonly bytes: Uint8Array;
}

/** An own edit not yet known to be committed: the bytes exactly as pushed, and the register writes that can be run again. */
export interface PendingUpdate {
  readonly collection: CollectionId;
  readonly writer: WriterId;
  readonly ref: Ref;
  /** Order of edits over all writers of the collection on this device; counts up. */
  readonly order: number;
  readonly document: DocumentName;
  readonly bytes: Uint8Array;
  readonly writes: readonly Write[];
  readonly command: CommandId;
  readonly keptAt: number;
  /** The command, at its first push: kept in the same record, which costs less than a second one, until this is pending no more. */
  readonly done?: DoneCommand | undefined;
  /** The relay is known to have committed it; it stays visible here until it arrives through the log, and is not pushed again. */
  readonly committed?: true | undefined;
}

/** How far this device has read a collection's log. `chain` is kept and handed back, never computed here. */
export interface StoredCursor {
  readonly collection: CollectionId;
  readonly lineage: Uint8Array;
  readonly seq: Seq;
  readonly chain: Uint8Array;
  /** A pull that has not ended: its fixed head and the opaque position after the last stored page. */
  readonly pull?: { readonly head: Seq; readonly next: Uint8Array } | undefined;
}

/** An own register write, kept until it is seen superseded and dismissed. */
export interface JournalEntry {
  /** `collection/document base/row/field`. */
  readonly key: string;
  readonly collection: CollectionId;
  readonly row: string;
  readonly field: string;
  readonly value: Json;
  readonly stamp: Stamp;
  readonly superseded?:
    | { readonly value: Json; readonly stamp: Stamp; readonly member?: MemberId | undefined; readonly at: number }
    | undefined;
}

/** A refused write with its reason, until the person dismisses it. */
export interface TrayEntry {
  readonly id: string;
  readonly collection: CollectionId;
  readonly document: DocumentName;
  readonly writes: readonly Write[];
  readonly kind: string;
  readonly reason: string;
  readonly refusedAt: number;
}

/** 128 rows or fewer of one shard, written in one piece by a first sync until the single records are backfilled. */
export interface RowChunk {
  readonly collection: CollectionId;
  readonly shard: ShardId;
  readonly rows: readonly ItemRow[];
}

/** The largest order of each place among rows stored in chunks; may be larger than what is left there. */
export interface ChunkEnds {
  readonly collection: CollectionId;
  readonly ends: { readonly [place: string]: string };
}

/** A command that has been kept: its answer to a repeat, and what would take it back. */
export interface DoneCommand {
  readonly id: CommandId;
  readonly collection: CollectionId;
  readonly result: Json;
  readonly undo: UndoRecord | null;
  readonly at: number;
}

/** The leader term in force; every write transaction checks it (the fence). */
export interface TermRow {
  readonly key: 'term';
  readonly id: string;
  readonly startedAt: number;
}

/** Bytes of a photo or file on this device: what it was kept as, and a small square of it, either of which may have been let go. */
export interface StoredImage {
  /** `<collection>/<hash>` */
  readonly id: string;
  /** The item it was kept with first. */
  readonly itemId: string;
  readonly blob?: Blob | undefined;
  readonly thumbnail?: Blob | undefined;
  /** The view the thumbnail was made by, as addresses carry it; '' for the picture as it is. */
  readonly view?: string | undefined;
}

/** What each object store of the device database holds. Layout and indexes: `storeLayout`. */
export interface Stored {
  readonly collections: CollectionRow;
  readonly folders: FolderRow;
  readonly items: ItemRow;
  readonly images: StoredImage;
  readonly settings: { readonly key: string; readonly value: Json };
  readonly chunks: RowChunk;
  readonly chunkEnds: ChunkEnds;
  readonly confirmed: ConfirmedUpdate;
  readonly pending: PendingUpdate;
  readonly cursors: StoredCursor;
  readonly journal: JournalEntry;
  readonly tray: TrayEntry;
  readonly commands: DoneCommand;
  readonly term: TermRow;
}

/** An object store of the device database. */
export type StoreName = keyof Stored;

interface StoreShape {
  readonly key: string | readonly string[];
  readonly indexes: { readonly [name: string]: string | readonly string[] };
}

/** The database layout, version 1: the specification's `folders`, `items`, `images`, `settings` with its indexes, and ours. */
export const storeLayout: { readonly [Name in StoreName]: StoreShape } = {
  collections: { key: 'id', indexes: {} },
  folders: { key: 'id', indexes: { name: 'name', createdAt: 'createdAt', updatedAt: 'updatedAt', collection: 'collection' } },
  items: {
    key: 'id',
    indexes: {
      folderId: 'folderId',
      name: 'name',
      type: 'type',
      createdAt: 'createdAt',
      place: ['collection', 'folderId', 'order'],
      collection: ['collection', 'id'],
    },
  },
  images: { key: 'id', indexes: { itemId: 'itemId' } },
  settings: { key: 'key', indexes: {} },
  chunks: { key: ['collection', 'shard'], indexes: { shard: 'shard' } },
  chunkEnds: { key: 'collection', indexes: {} },
  confirmed: { key: ['collection', 'document', 'seq'], indexes: {} },
  pending: { key: ['collection', 'writer', 'ref'], indexes: { order: ['collection', 'order'] } },
  cursors: { key: 'collection', indexes: {} },
  journal: { key: 'key', indexes: { collection: 'collection' } },
  tray: { key: 'id', indexes: { collection: 'collection' } },
  commands: { key: 'id', indexes: { at: 'at' } },
  term: { key: 'key', indexes: {} },
};

/** Bounds are inclusive unless opened; `prefix` selects array keys that begin with it and excludes `lower`/`upper`. */
export interface RangeQuery {
  readonly index?: string | undefined;
  readonly prefix?: readonly (string | number)[] | undefined;
  readonly lower?: StoreKey | undefined;
  readonly upper?: StoreKey | undefined;
  readonly lowerOpen?: boolean | undefined;
  readonly upperOpen?: boolean | undefined;
  readonly direction?: 'next' | 'prev' | undefined;
  readonly limit?: number | undefined;
}

/** Everything below a key's part. '0' is the character after '/'. */
export const below = (part: string): { readonly lower: string; readonly upper: string; readonly upperOpen: true } => ({
  lower: `${part}/`,
  upper: `${part}0`,
  upperOpen: true,
});

/** One transaction that reads. */
export interface StoreReader {
  get<Name extends StoreName>(store: Name, key: StoreKey): Promise<Stored[Name] | undefined>;
  /** Records in key (or index, then key) order. */
  range<Name extends StoreName>(store: Name, query: RangeQuery): Promise<readonly Stored[Name][]>;
  count(store: StoreName, query: RangeQuery): Promise<number>;
}

/** One transaction that reads and writes; nothing of it is kept when it throws. */
export interface StoreWriter extends StoreReader {
  put<Name extends StoreName>(store: Name, value: Stored[Name]): void;
  delete(store: StoreName, key: StoreKey): void;
  deleteRange(store: StoreName, query: RangeQuery): void;
}

/** Why a store refused: `full` (quota), `aborted`, `closed`, `blocked` (another version is open), `fenced` (another term leads), `foreign` (another account's), `unavailable`. */
export type StoreErrorCode = 'full' | 'aborted' | 'closed' | 'blocked' | 'fenced' | 'foreign' | 'unavailable';

/** The store of this device could not do what was asked; the message says what to do. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Strictly serializable transactions over ordered object stores, exactly as IndexedDB gives them: inside `run` only the
 * transaction's own promises may be awaited. `write` resolves only after the transaction has completed (P2) and rejects with
 * {@link StoreError}, having changed nothing, when it did not.
 */
export interface DeviceStore {
  read<T>(stores: readonly StoreName[], run: (tx: StoreReader) => Promise<T>): Promise<T>;
  write<T>(
    stores: readonly StoreName[],
    run: (tx: StoreWriter) => Promise<T>,
    options: { readonly durability: 'strict' | 'relaxed' },
  ): Promise<T>;
  close(): Promise<void>;
}
