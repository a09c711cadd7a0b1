import type { CollectionRow, Command, CommandResult, FolderRow, ItemRow, ListChange, ListQuery, SearchHit, Tree } from '@cacaw/core';
import type { SupersededValue } from '@cacaw/core/device';
import type { BlobHash, CollectionId, CommandId, ItemId, PhotoView } from '@cacaw/protocol';
import type { BlobSize } from '@cacaw/protocol/http';
import type { DetectionCalls } from './detection/detection-calls.ts';
import type { NetworkMode } from './network-mode.ts';
import type { OnlyHere } from './only-here.ts';
import type { PhotoAnswer, PhotoCalls, PhotosReport } from './photos/photo-calls.ts';
import type { SharingCalls } from './sharing.ts';
import type { RefusedEdit } from './tray.ts';

/** What the sync chip shows; wording belongs to the page (product.md section 6). */
export type SyncStatus =
  | { readonly state: 'local' }
  | { readonly state: 'synced'; readonly at: number }
  | { readonly state: 'sending'; readonly pending: number; readonly received: boolean }
  | { readonly state: 'receiving'; readonly done: number; readonly total: number }
  | { readonly state: 'offline'; readonly pending: number }
  | { readonly state: 'unreachable'; readonly pending: number }
  | { readonly state: 'signed-out'; readonly pending: number }
  | { readonly state: 'view-only' }
  | { readonly state: 'refused'; readonly count: number };

/** How one collection stands between this device and the relay. */
export interface SyncReport {
  readonly collection: CollectionId;
  readonly status: SyncStatus;
  readonly pending: number;
  readonly refused: number;
  readonly lastSyncedAt: number | null;
  /** Photos and files on their way; what is not named is stored. */
  readonly photos: PhotosReport;
  readonly log: readonly { readonly at: number; readonly kind: 'info' | 'merged' | 'error'; readonly text: string }[];
}

/** Somebody else, or another tab's worth of them: one entry per account. */
export interface Person {
  readonly account: string;
  readonly name: string;
  readonly item: ItemId | '';
  readonly field: string;
}

/** How this device as a whole stands with the relay. */
export interface DeviceReport {
  /** What the person chose: nothing of this device goes to the relay, or everything of the account syncs. */
  readonly network: NetworkMode;
  /** `signed-out`: sign in again to sync; `refused`: the relay does not let this app in (it is too old, or not welcome). */
  readonly connection: 'local' | 'connecting' | 'open' | 'offline' | 'unreachable' | 'signed-out' | 'refused';
}

/** Stops a subscription. */
export type Stop = () => void;

/**
 * The whole engine as a page sees it. Every tab holds one; it makes no difference which tab leads.
 * All data crossing it is plain (structured-clone safe), so that the same interface stands in a worker or beside the page.
 */
export interface Cacaw extends SharingCalls, PhotoCalls, DetectionCalls {
  /** Resolves when the edit is kept on this device (P2); rejects with `CommandError` or `StoreError` codes. */
  run(command: Command, id?: CommandId): Promise<CommandResult>;
  collections(listener: (rows: readonly CollectionRow[]) => void): Stop;
  list(query: ListQuery, listener: (change: ListChange) => void): Stop;
  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]>;
  item(id: ItemId, listener: (row: ItemRow | null) => void): Stop;
  /** The bytes of a photo or file; a small one is made by the view, whole ones are as they were kept. */
  photo(collection: CollectionId, hash: BlobHash, size: BlobSize, view?: PhotoView): Promise<PhotoAnswer>;
  tree(collection: CollectionId, listener: (tree: Tree) => void): Stop;
  trashedFolders(collection: CollectionId, listener: (rows: readonly FolderRow[]) => void): Stop;
  /** Searches all collections of this device. */
  search(text: string, limit: number): Promise<readonly SearchHit[]>;
  /** Makes a collection known to the relay as the account's own, and turns sync on for it. */
  share(collection: CollectionId): Promise<void>;
  /** Opens a collection by a link made before there were accounts, or looks by an invite that lets guests look; resolves when it can be shown (first rows may still be arriving). */
  openLink(link: string): Promise<CollectionId>;
  forget(collection: CollectionId): Promise<void>;
  status(collection: CollectionId, listener: (report: SyncReport) => void): Stop;
  people(collection: CollectionId, listener: (people: readonly Person[]) => void): Stop;
  /** Says which row and field this tab is on; cleared with `''`. */
  present(collection: CollectionId, item: ItemId | '', field: string): void;
  /** The name others see. */
  setName(name: string): Promise<void>;
  name(): Promise<string>;
  device(listener: (report: DeviceReport) => void): Stop;
  /** This device only, or sync; kept on this device, and nothing but this turns a choice of `local` around. */
  setNetwork(mode: NetworkMode): Promise<void>;
  /** What stands on this device only: to be named before it is wiped. */
  onlyHere(): Promise<readonly OnlyHere[]>;
  /** Refused edits nobody has dismissed, oldest first. */
  refused(collection: CollectionId): Promise<readonly RefusedEdit[]>;
  /** Values of one item, or of all, that somebody replaced without having seen them, oldest first; `dismiss` forgets one. */
  superseded(collection: CollectionId, item?: ItemId): Promise<readonly SupersededValue[]>;
  dismiss(id: string): Promise<void>;
  /** Edits of a collection that have not reached the relay, oldest first, as text: what a deleted one still holds of them. */
  unsent(collection: CollectionId): Promise<readonly { readonly at: number; readonly text: string }[]>;
  /** Tries again at once instead of waiting out the backoff. */
  retry(): void;
  close(): Promise<void>;
}

export type { PhotoAnswer, PhotoOnItsWay, PhotoPause, PhotoSettings, PhotosReport, StorageReport } from './photos/photo-calls.ts';
export type { SupersededValue } from '@cacaw/core/device';
export type { FolderNode, ListChange, ListQuery, SearchHit, ShownIn, SortField, Splice, Totals, Tree } from '@cacaw/core';
