import { isBlobHash, readPhotoView, type BlobHash, type Json } from '@cacaw/protocol';
import { fileKinds, longestSide } from '../schema.ts';
import type { Attachment, FileKind, Photo } from './rows.ts';

type Pairs = readonly (readonly [key: string, value: Json])[];
type Families = ReadonlyMap<string, Pairs>;
type Plain = { readonly [key: string]: Json };

/** What the register `h:<hash>` says of a picture. */
export type PhotoFacts = Pick<Photo, 'width' | 'height' | 'bytes' | 'mediaType'>;
/** What the register `f:<hash>` says of a file. */
export type FileFacts = Omit<Attachment, 'hash'>;

const plain = (value: Json): Plain => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {});
const isCount = (value: Json | undefined, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
/** A media type has two halves; what stands in them is for the relay to find out. */
const isMediaType = (value: Json | undefined): value is string => typeof value === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(value);

/** Reads a photo's register; undefined where it says none, or none we could show. */
export function readPhotoFacts(value: Json): PhotoFacts | undefined {
  const { w, h, b, m } = plain(value);
  const isPicture = isCount(w, longestSide) && isCount(h, longestSide) && w > 0 && h > 0;
  return isPicture && isCount(b, Number.MAX_SAFE_INTEGER) && isMediaType(m) ? { width: w, height: h, bytes: b, mediaType: m } : undefined;
}

/** Reads a file's register; a kind that a newer app knows is `other` here. */
export function readFileFacts(value: Json): FileFacts | undefined {
  const { n, m, b, k } = plain(value);
  if (typeof n !== 'string' || n === '' || !isMediaType(m) || !isCount(b, Number.MAX_SAFE_INTEGER)) return undefined;
  return { name: n, mediaType: m, bytes: b, kind: isFileKind(k) ? k : 'other' };
}

/** True for the kinds of files this app knows. */
export const isFileKind = (value: unknown): value is FileKind => fileKinds.some((kind) => kind === value);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nothing: readonly never[] = Object.freeze([]);

/** The photos of a row in their order, the same on every device: where two have one place, by hash. */
export function photosOf(families: Families): readonly Photo[] {
  const found = families.get('photos');
  if (found === undefined) return nothing;
  const aspects = ['photoOrders', 'captions', 'photoViews'].map((name) => new Map(families.get(name) ?? []));
  const [orders, captions, views] = aspects;
  const photos = found.flatMap(([hash, value]): readonly Photo[] => {
    const facts = readPhotoFacts(value);
    if (facts === undefined || !isBlobHash(hash)) return [];
    const [order = '', caption = ''] = [orders?.get(hash), captions?.get(hash)] as (string | undefined)[];
    return [Object.freeze({ hash, ...facts, order, caption, view: readPhotoView(views?.get(hash)) ?? null })];
  });
  return photos.length === 0 ? nothing : Object.freeze(photos.sort((a, b) => compareText(a.order, b.order) || compareText(a.hash, b.hash)));
}

/** The files of a row by name. */
export function filesOf(pairs: Pairs | undefined): readonly Attachment[] {
  const files = (pairs ?? nothing).flatMap(([hash, value]): readonly Attachment[] => {
    const facts = readFileFacts(value);
    return facts === undefined || !isBlobHash(hash) ? [] : [Object.freeze({ hash: hash satisfies BlobHash, ...facts })];
  });
  return files.length === 0 ? nothing : Object.freeze(files.sort((a, b) => compareText(a.name, b.name) || compareText(a.hash, b.hash)));
}
