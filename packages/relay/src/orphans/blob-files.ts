import { isBlobHash, type CollectionId } from '@cacaw/protocol';
import type { BlobEntry, BlobName } from '../ports/blob-store.ts';
import { blobKeyText, type BlobKey, type BlobStanding } from '../ports/blob-marks.ts';

/** A stored name taken apart. */
export interface BlobFile extends BlobKey {
  readonly collection: CollectionId;
  readonly name: BlobName;
  /** A part of an upload; the others are what an upload became. */
  readonly isPiece: boolean;
  readonly at: number;
}

/** Undefined for a name the relay does not give. */
export function blobFileOf({ name, at }: Pick<BlobEntry, 'name' | 'at'>): BlobFile | undefined {
  const [collection = '', hash, variant = '', ...rest] = name.split('/');
  if (!isBlobHash(hash) || variant === '' || rest.length > 0) return undefined;
  const isPiece = variant.startsWith('piece.');
  const use = variant === 'file' || variant.startsWith('piece.file.') ? 'file' : 'photo';
  return { collection: collection as CollectionId, hash, use, name, isPiece, at };
}

/** True when nothing that stands accounts for the file: a piece belongs to an upload, everything else to what is stored or about to be. */
export function isLeftOver(file: BlobFile, { stored, onTheirWay }: BlobStanding): boolean {
  const isIn = (keys: readonly BlobKey[]): boolean => keys.some((one) => blobKeyText(one) === blobKeyText(file));
  return !isIn(onTheirWay) && (file.isPiece || !isIn(stored));
}
