import { isBlobHash, type BlobHash, type CollectionId, type ItemId, type Json } from '@cacaw/protocol';
import type { StoredImage, StoreWriter } from './store.ts';

/** One blob of one collection. */
export interface BlobName {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
}

/** A photo or file on its way to the relay, kept until the relay has it. */
export interface Upload {
  readonly use: 'photo' | 'file';
  readonly mediaType: string;
  readonly bytes: number;
  /** Items that need it; with the last of them it leaves the queue. */
  readonly items: readonly ItemId[];
  readonly queuedAt: number;
  /** `waiting` until the relay has all of it, `checking` until it has looked; the last two wait for a person. */
  readonly state: 'waiting' | 'checking' | 'refused' | 'lost';
  /** Why it was refused: a code of the relay. */
  readonly code?: string | undefined;
}

/** What of a blob's bytes is on this device, so that a budget can be kept without touching them. */
export interface Holding {
  readonly full: number;
  readonly thumbnail: number;
  readonly seenAt: number;
  /** The relay has it: what is here is a copy that may go. */
  readonly stored: boolean;
}

/** Key of a blob's bytes in `images`. */
export const imageId = ({ collection, hash }: BlobName): string => `${collection}/${hash}`;
/** Key of its place in the queue, in `settings`. */
export const uploadKey = (name: BlobName): string => `upload/${imageId(name)}`;
/** Key of what is here of it, in `settings`. */
export const holdingKey = (name: BlobName): string => `image/${imageId(name)}`;

/** The blob that an image, upload or holding is about; undefined for a key of something else. */
export function blobNamed(key: string): BlobName | undefined {
  const [hash = '', collection = ''] = key.split('/').reverse();
  return isBlobHash(hash) ? { collection: collection as CollectionId, hash } : undefined;
}

/** Reads a row of `settings` as what it was written as: only this file writes under these keys. */
export const uploadOf = (row: { readonly value: Json } | undefined): Upload | undefined => row?.value as unknown as Upload | undefined;
export const holdingOf = (row: { readonly value: Json } | undefined): Holding | undefined => row?.value as unknown as Holding | undefined;

export const putUpload = (tx: StoreWriter, name: BlobName, upload: Upload): void =>
  tx.put('settings', { key: uploadKey(name), value: upload as unknown as Json });

/** Keeps bytes, and says so where the budget reads it. */
export function putImage(tx: StoreWriter, image: StoredImage, holding: Pick<Holding, 'seenAt' | 'stored'>): void {
  const value: Holding = {
    full: image.blob?.size ?? 0,
    thumbnail: image.thumbnail?.size ?? 0,
    seenAt: holding.seenAt,
    stored: holding.stored,
  };
  tx.put('images', image);
  tx.put('settings', { key: `image/${image.id}`, value: value as unknown as Json });
}
