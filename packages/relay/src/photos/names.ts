import { blobName, type BlobName } from '../ports/blob-store.ts';
import type { BlobId, Variant } from '../ports/blobs.ts';

/** Where a variant lies. */
export const variantName = ({ collection, hash }: Pick<BlobId, 'collection' | 'hash'>, variant: Variant): BlobName =>
  blobName(collection, hash, variant);

/** Where a thumbnail by a view lies. */
export const viewName = ({ collection, hash }: Pick<BlobId, 'collection' | 'hash'>, view: string, size: '300' | '150'): BlobName =>
  blobName(collection, hash, `view.${view}.${size}`);

/** Where a piece of an upload lies; `token` keeps two who send the same piece apart. */
export const pieceName = ({ collection, hash, use }: BlobId, from: number, token: string): BlobName =>
  blobName(collection, hash, `piece.${use}.${from}.${token}`);

/** What the public addresses of a collection begin with. */
export const publicPathOf = (token: string): string => `/p/${token}/`;
