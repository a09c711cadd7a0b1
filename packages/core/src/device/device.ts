import type { CollectionId, CommandId, DocumentName, MemberId, Ref, Seq, WriterId } from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import type { CollectionRow, FolderRow, ItemRow, Role } from '../inventory/rows.ts';
import type { Quarantined } from './unit.ts';
import type { DeviceStore, PendingUpdate, StoredCursor, StoreWriter } from './store.ts';

/** Rows that changed in one completed transaction; null means the row is no longer stored. */
export interface RowsChange {
  readonly collection: CollectionId;
  readonly root?: CollectionRow | null | undefined;
  readonly folders: readonly (readonly [id: string, row: FolderRow | null])[];
  readonly items: readonly (readonly [id: string, row: ItemRow | null])[];
  readonly cause: 'command' | 'relay' | 'rebase' | 'reset';
}

/** One entry of the relay's log as the live tail or a page carries it. */
export interface LogUpdate {
  readonly seq: Seq;
  readonly document: DocumentName;
  readonly writer: WriterId;
  readonly member: MemberId;
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  /** The hash of what the relay reads in its notes document after it, where the relay says so. */
  readonly text?: Uint8Array | undefined;
}

/** An own push the relay committed. */
export interface LogAck {
  readonly seq: Seq;
  readonly writer: WriterId;
  readonly ref: Ref;
}

/** One entry of the live tail: an update of somebody, or an own commit. */
export type LogEntry = ({ readonly kind: 'update' } & LogUpdate) | ({ readonly kind: 'ack' } & LogAck);

/** One page of a pull: per document either a snapshot followed by updates, or updates only. */
export interface Page {
  readonly head: Seq;
  readonly chain: Uint8Array;
  readonly next: Uint8Array | undefined;
  readonly documents: readonly {
    readonly document: DocumentName;
    readonly snapshot?: { readonly seq: Seq; readonly bytes: Uint8Array } | undefined;
    readonly updates: readonly LogUpdate[];
    /** The hash of what the relay reads in this notes document after all of it, where the relay says so. */
    readonly text?: Uint8Array | undefined;
  }[];
}

/** The last committed ref of each of this device's writers, as `joined` and `closed` report it. */
export type LastRefs = ReadonlyMap<WriterId, Ref>;

/** Which content a reconcile is about: all this device holds, pending pushes included, or only what was confirmed to it. */
export type HeldContent = 'all' | 'confirmed';

/** What a rebase must know: every own writer with pending writes has been closed, and which write was refused, if any. */
export interface RebaseReason {
  readonly closed: LastRefs;
  readonly refused?: { readonly writer: WriterId; readonly ref: Ref; readonly kind: string; readonly reason: string } | undefined;
}

/** Everything of a device that a link to a relay needs. All calls run in the device's one queue, in call order. */
export interface DeviceSync {
  cursor(collection: CollectionId): Promise<StoredCursor | undefined>;
  /** Pending pushes in `order`; byte-identical on every call until confirmed or rebased. */
  pending(collection: CollectionId): Promise<readonly PendingUpdate[]>;
  /**
   * Applies a run of the live tail (own commits as acks) and moves the cursor, in one transaction. Notes that read otherwise than
   * at the relay, with nothing pending in them, are built again from what is confirmed; resolves with the documents that still
   * differ and must be pulled from the beginning of the log ({@link readAgain}).
   */
  confirm(collection: CollectionId, entries: readonly LogEntry[], cursor: StoredCursor): Promise<readonly DocumentName[]>;
  /**
   * Stores a pulled page with the rows it changes and the position after it, in one transaction; pending writes of its
   * documents at or below `lastRefs` are part of it and cease to be pending. When the page is the last, the cursor moves.
   * Notes are compared as by `confirm`.
   */
  confirmPage(collection: CollectionId, page: Page, lastRefs: LastRefs, cursor: StoredCursor): Promise<readonly DocumentName[]>;
  /** Puts the cursor before the first entry of its log: the pull that follows brings documents found differing as new ones. */
  readAgain(collection: CollectionId): Promise<void>;
  /** The one recovery path (engine.md 3): rebuild from confirmed, run what is still pending again under a new writer. */
  rebase(collection: CollectionId, reason: RebaseReason): Promise<void>;
  /** Drops confirmed data of a collection (new lineage), keeping pending writes, so that a pull from nothing rebuilds it. */
  reset(collection: CollectionId): Promise<void>;
  /** State vector per document of a collection, for reconcile after a restore. */
  stateVectors(collection: CollectionId, held: HeldContent): Promise<ReadonlyMap<DocumentName, Uint8Array>>;
  /** What is held of a document and lacks in the relay's state vector, each piece a `repair`: confirmed content first, then pending pushes one by one. */
  differences(
    collection: CollectionId,
    lacking: { readonly document: DocumentName; readonly stateVector: Uint8Array },
    held: HeldContent,
  ): Promise<readonly Uint8Array[]>;
  /**
   * Keeps what the relay says of our access. `removed` and `erased` take everything of the collection from the device in the same
   * transaction and leave a row that says so; `deleted` keeps it. Idle work forgets either after 30 days. Nothing comes of it when the device does not have the collection.
   */
  setAccess(collection: CollectionId, access: { readonly role: Role } | { readonly gone: CollectionRow['gone'] }): Promise<void>;
  /** Milliseconds the relay's clock is ahead of this device's; stamps follow it. */
  setClockOffset(offsetMs: number): void;
}

/** One leader term over one device store. Obtained by `openDevice`; another term opening on the same store fences this one off. */
export interface Device extends DeviceSync, AsyncDisposable {
  readonly store: DeviceStore;
  /** Resolves when the command's transaction has completed (`kept`). A repeated id answers the first result without running again. */
  run(command: Command, id?: CommandId): Promise<CommandResult>;
  /** Adds a collection reached by link (`secret`) or starts sharing a local one; the rows appear when pulled. */
  setReach(collection: CollectionId, reach: { readonly mode: 'local' | 'sync'; readonly secret: string | null }): Promise<void>;
  /** Removes a collection and everything of it from this device. */
  forget(collection: CollectionId): Promise<void>;
  /** Removes a refused write from the tray (by id), or a superseded value from the journal (by key): the person has seen it. */
  dismiss(id: string): Promise<void>;
  /** One transaction of this term for what is kept beside the documents: in its turn, fenced, not waited for by a power loss. */
  write<T>(act: (tx: StoreWriter) => Promise<T>): Promise<T>;
  /** Called after each completed transaction of a command, or of a collection's leaving, that changed which blobs are to be sent. */
  onQueue(listener: () => void): () => void;
  /** Random id of this term. */
  readonly term: string;
  /** One step of idle work (rows of a first sync into single records, folding, pruning); returns whether more is left. */
  tidy(): Promise<boolean>;
  /** Confirmed records that could not be read; everything else goes on without them. */
  quarantined(): readonly Quarantined[];
  /** Called after each completed transaction, in order. */
  onRows(listener: (change: RowsChange) => void): () => void;
  /** Called after each completed transaction that added pending pushes. */
  onPending(listener: (collection: CollectionId) => void): () => void;
  /** Called when this term has been fenced off or its store has failed; nothing is written afterwards. */
  onEnd(listener: (error: Error) => void): () => void;
}
