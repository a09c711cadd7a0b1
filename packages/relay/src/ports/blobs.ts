import type { BlobHash, CollectionId, MemberId } from '@cacaw/protocol';
import type { BlobRefusal, BlobState, BlobUse } from '@cacaw/protocol/http';
import type { BlobName } from './blob-store.ts';

/** One blob of a collection: the same bytes kept as a photo and as a file are two. */
export interface BlobId {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
  readonly use: BlobUse;
}

/** What is kept of a blob: three pictures of a photo, the one file of a file. */
export type Variant = 'full' | '300' | '150' | 'file';

/** Bytes of a variant before it is sealed, and their SHA-256 as hex digits. */
export interface VariantRow {
  readonly bytes: number;
  readonly hash: string;
}

/** A blob that is stored. */
export interface StoredBlob {
  readonly mediaType: string;
  readonly variants: { readonly [name in Variant]?: VariantRow };
  /** Views thumbnails were made by, the newest first. */
  readonly views: readonly string[];
}

/** A piece that is about to be received: where it begins, and how many bytes the whole blob has. */
export interface PieceStart {
  readonly total: number;
  readonly from: number;
  readonly member: MemberId;
}

/**
 * What came of asking to send a piece: `go`, how the blob stands already, where to go on, or too little room. `dropped`: pieces of
 * uploads that ended for it, to be deleted.
 */
export type BeginOutcome =
  | { readonly kind: 'go'; readonly dropped: readonly BlobName[] }
  | { readonly kind: 'stands'; readonly state: BlobState }
  | { readonly kind: 'offset'; readonly received: number }
  | { readonly kind: 'full'; readonly room: number; readonly dropped: readonly BlobName[] }
  | { readonly kind: 'gone' };

/** An upload that is all there and that one worker holds. */
export interface HeldUpload {
  readonly pieces: readonly BlobName[];
  readonly total: number;
  readonly member: MemberId;
  /** True once the scanner has found nothing in it. */
  readonly isClean: boolean;
}

/** Bytes of an account (or a guest's collection) that may still be stored; null: no limit. */
export type Room = number | null;

/**
 * Keeps track of what is stored, what is on its way and what is public. Guarantees, proven by `blobs.pg.test.ts`: what an account
 * uses is exact however many write at once, and never passes its limit but by what it is handed over; a row says `stored` only
 * after everything it names; nothing is added to a collection that is gone.
 */
export interface Blobs {
  /** How blobs stand, in the order asked; the mark of those about to be cleaned away is taken back. */
  states(collection: CollectionId, asked: readonly Omit<BlobId, 'collection'>[]): Promise<readonly BlobState[]>;
  room(collection: CollectionId): Promise<Room>;
  /** Decides about a piece before it is read; the first one reserves the room of all, and ends the oldest of too many of a member. */
  begin(place: BlobId, piece: PieceStart): Promise<BeginOutcome>;
  /** A piece lies in the store: the upload grows by it if it still ends where the piece begins. Says how much is there now. */
  advance(
    place: BlobId,
    piece: { readonly from: number; readonly to: number; readonly name: BlobName },
  ): Promise<{ readonly isTaken: boolean; readonly received: number; readonly total: number }>;
  /** Takes an upload that is all there, for so long; undefined when there is none or somebody else has it. */
  hold(place: BlobId, forMs: number): Promise<HeldUpload | undefined>;
  /** Lets it go again: it waits for the scanner or for workers. */
  release(place: BlobId, why: 'scanner' | 'busy', isClean: boolean): Promise<void>;
  /** The row, written last: what was reserved becomes what is used. Everything it names must be stored. */
  settle(place: BlobId, blob: Omit<StoredBlob, 'views'>): Promise<'stored' | 'full' | 'gone'>;
  /** Ends an upload for good with what all later ones of these bytes will hear; its room is given back. */
  refuse(place: BlobId, code: BlobRefusal): Promise<void>;
  /** Forgets an upload; its room is given back. */
  forget(place: BlobId): Promise<void>;
  read(place: BlobId): Promise<StoredBlob | undefined>;
  /** Bytes of a stored blob are missing in the store or were changed: it is asked for again until it was sent again. */
  damage(place: BlobId): Promise<void>;
  /** Thumbnails were made by a view: says which are kept no longer; undefined when their photo is not there any more. */
  addView(place: BlobId, view: string): Promise<readonly string[] | undefined>;
  /** Uploads that are all there and nobody holds, oldest first. */
  unfinished(limit: number): Promise<readonly BlobId[]>;
  /** Forgets uploads nothing was added to for a day or whose member may send no more, and refusals older than a month; says how many, and which pieces to delete. */
  sweep(): Promise<{ readonly ended: number; readonly pieces: readonly BlobName[] }>;
  /** The token of the collection's public addresses, made now if it is to be public and has none. */
  publish(collection: CollectionId, token: string): Promise<string>;
  /** The token that leads nowhere from now on. */
  unpublish(collection: CollectionId): Promise<string | undefined>;
  publicToken(collection: CollectionId): Promise<string | undefined>;
  /** The collection a public address names. */
  publicCollection(token: string): Promise<CollectionId | undefined>;
}
