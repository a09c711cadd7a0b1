import type { SignInId } from './authenticator.ts';
import type { AccountId, BlobHash, CollectionId, DocumentName, Seq, WireRole } from '@cacaw/protocol';
import type { BlobUse } from '@cacaw/protocol/http';

/** A collection an account can read, as its archive names it. */
export interface ArchivedCollection {
  readonly collection: CollectionId;
  readonly role: WireRole;
  readonly joinedAt: Date;
  /** How far the log went when the archive was begun: nothing later is in it. */
  readonly head: Seq;
}

/** A photo in its own size, or a file, as the relay keeps it. */
export interface ArchivedBlob {
  /** Of what a device gave; what is kept of a photo was made from it. */
  readonly hash: BlobHash;
  readonly use: BlobUse;
  readonly mediaType: string;
  readonly bytes: number;
}

/** When, from where and how somebody is signed in. */
export interface SignInRecord {
  readonly id: SignInId;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly address: string | null;
  readonly browser: string | null;
}

/** A passkey by the name its owner gave it. */
export interface PasskeyRecord {
  readonly name: string | null;
  readonly createdAt: Date | null;
}

/**
 * Reads everything an archive of an account is made of. Guarantees, proven by `archive-source.pg.test.ts`: nothing of a
 * collection the account may not read now; every piece is bounded, however long the log is.
 */
export interface ArchiveSource {
  /** Collections the account is in, removed and gone ones left out. */
  collections(account: AccountId): Promise<readonly ArchivedCollection[]>;
  /** Current names of a collection's documents, in order. */
  documents(account: AccountId, collection: CollectionId): Promise<readonly DocumentName[]>;
  /** The updates that make up a document, oldest first, about a MiB at a time; nothing when it was never written. */
  updates(account: AccountId, collection: ArchivedCollection, document: DocumentName): AsyncIterable<readonly Uint8Array[]>;
  /** The photos and files of a collection, by hash. */
  blobs(account: AccountId, collection: CollectionId): Promise<readonly ArchivedBlob[]>;
  /** The bytes of one, a MiB at a time; nothing when it has gone meanwhile. */
  bytes(account: AccountId, collection: CollectionId, blob: ArchivedBlob): AsyncIterable<Uint8Array>;
  signIns(account: AccountId): Promise<readonly SignInRecord[]>;
  passkeys(account: AccountId): Promise<readonly PasskeyRecord[]>;
}
