import type { BlobHash, CollectionId, Seq } from '@cacaw/protocol';
import type { BlobUse } from '@cacaw/protocol/http';

/** One blob of a collection, by what it is for. */
export interface BlobKey {
  readonly hash: BlobHash;
  readonly use: BlobUse;
}

/** A stored blob as the cleaning sees it. */
export interface MarkedBlob extends BlobKey {
  readonly createdAt: Date;
  /** When nothing referred to it; undefined while something does, or somebody has asked for it since. */
  readonly markedAt: Date | undefined;
  /** An item was seen to refer to it, now or once. */
  readonly wasNeeded: boolean;
}

/** What keeps a blob's bytes where they are: being stored, or being on their way. */
export interface BlobStanding {
  readonly stored: readonly BlobKey[];
  readonly onTheirWay: readonly BlobKey[];
}

/** When a marked blob may go. */
export interface RemovalTerms {
  /** The head its references were read at: a collection that has moved on keeps everything. */
  readonly head: Seq;
  readonly markedBefore: Date;
}

/**
 * The marks of blobs that nothing refers to. Guarantees, proven by `contracts/blob-marks.ts`: a row goes only under the collection's
 * lock, when nobody has written to the collection or asked for the blob since; bytes go only while nobody can begin to store them.
 */
export interface BlobMarks {
  /** Collections that are not gone and have stored blobs, by id after `after`. */
  collections(after: string, limit: number): Promise<readonly CollectionId[]>;
  blobs(collection: CollectionId): Promise<readonly MarkedBlob[]>;
  /** Remembers that an item refers to these. */
  noteNeeded(collection: CollectionId, blobs: readonly BlobKey[], at: Date): Promise<void>;
  mark(collection: CollectionId, blobs: readonly BlobKey[], at: Date): Promise<void>;
  unmark(collection: CollectionId, blobs: readonly BlobKey[]): Promise<void>;
  /** Forgets those still marked; tells which. */
  remove(collection: CollectionId, blobs: readonly BlobKey[], terms: RemovalTerms): Promise<readonly BlobKey[]>;
  /** What stands in a collection. */
  standing(collection: CollectionId): Promise<BlobStanding | 'gone' | 'unknown'>;
  /** Runs `work` with what stands of one hash, while nothing of it can be stored or begun. */
  whileHeld(collection: CollectionId, hash: BlobHash, work: (standing: BlobStanding) => Promise<void>): Promise<void>;
}

/** A key as text. */
export const blobKeyText = ({ use, hash }: BlobKey): string => `${use}/${hash}`;
