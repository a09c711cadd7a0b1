import type { BlobHash, CollectionId, ItemId, PhotoView } from '@cacaw/protocol';
import type { BlobSize } from '@cacaw/protocol/http';

/** Why photos of a collection wait, when it is not simply their turn that they wait for. */
export type PhotoPause =
  /** The collection, or all of this device, keeps to itself. */
  | 'local'
  | 'offline'
  | 'unreachable'
  /** The network costs something, and the person has not allowed photos on such. */
  | 'metered'
  | 'signed-out'
  /** The account that owns the collection has no room left. */
  | 'room'
  /** This account may not add photos to it, or not any more. */
  | 'forbidden';

/** One photo or file that the relay has not got yet, or will never take. */
export interface PhotoOnItsWay {
  readonly hash: BlobHash;
  readonly use: 'photo' | 'file';
  /** What it belongs to: there it is seen, and taken away. */
  readonly items: readonly ItemId[];
  /** `lost`: neither the relay nor this device has its bytes. */
  readonly state: 'waiting' | 'sending' | 'checking' | 'refused' | 'lost';
  readonly bytes: number;
  /** Bytes the relay has. */
  readonly sent: number;
  /** Why it was refused: a code of the relay. */
  readonly code?: string | undefined;
}

/** How the photos and files of one collection stand; those it does not name are stored. */
export interface PhotosReport {
  /** The longest waiting first. */
  readonly onTheirWay: readonly PhotoOnItsWay[];
  readonly paused: PhotoPause | null;
  /** Another value whenever bytes came to this device or left it: what `photosHere` said before may hold no more. */
  readonly heldAt?: number | undefined;
}

/** A photo or file that is whole on this device. */
export interface HeldPhoto {
  readonly hash: BlobHash;
  /** The relay has said that it has it, too. */
  readonly isStored: boolean;
}

/** Which bytes of a collection a screen wants: a small square made by a view, the whole picture, or a file as it was given. */
export interface PhotoQuestion {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
  readonly size: BlobSize;
  readonly view?: PhotoView | undefined;
}

/** A photo's bytes, or why there are none: they are at the relay and come with a connection, or nobody has them. */
export type PhotoAnswer = { readonly state: 'here'; readonly blob: Blob } | { readonly state: 'offline' | 'lost' };

/** How full the device is, and what photos take of it. */
export interface StorageReport {
  /** `warn` from 80 %, `thumbnails` from 90 %: no copies of full pictures, `blocked` from 95 %: nothing large is added. */
  readonly level: 'plenty' | 'warn' | 'thumbnails' | 'blocked';
  /** Null where the browser does not say. */
  readonly usage: number | null;
  readonly quota: number | null;
  /** Bytes of pictures and files that can be let go, because the relay has them. */
  readonly copies: number;
  /** Bytes that stand on this device only. */
  readonly onlyHere: number;
  readonly thumbnails: number;
}

/** What the person chose for photos on this device. */
export interface PhotoSettings {
  /** Photos are sent on networks that cost something. */
  readonly sendsMetered: boolean;
  /** Photos are kept in the size the camera made them. */
  readonly keepsOriginals: boolean;
}

/** What a page may ask about photos besides looking at them. */
export interface PhotoCalls {
  /** Which of these are whole on this device; the others are at the relay only, or nowhere. */
  photosHere(collection: CollectionId, hashes: readonly BlobHash[]): Promise<readonly HeldPhoto[]>;
  /** Tries again what was refused or lost, one or all of a collection, and what waits at once. */
  retryPhotos(collection: CollectionId, hash?: BlobHash): Promise<void>;
  photoSettings(): Promise<PhotoSettings>;
  setPhotoSettings(settings: PhotoSettings): Promise<void>;
  /** Bytes the account that pays for a collection has left, asked of the relay: null without a limit, undefined when nobody can say now. */
  photoRoom(collection: CollectionId): Promise<number | null | undefined>;
  storage(): Promise<StorageReport>;
  /** Lets go of every copy of full pictures and files the relay has; returns the bytes that freed. */
  freeSpace(): Promise<number>;
}
