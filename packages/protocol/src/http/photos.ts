import * as v from 'valibot';
import { blobHashPattern, maxBlobBytes, type BlobHash } from '../blobs.ts';
import { countField, secretField } from './fields.ts';

/** Bytes of one piece of an upload; the last one may be shorter. */
export const maxPieceBytes: number = 1024 * 1024;
/** Blobs one question may name. */
export const maxAskedBlobs: number = 100;

/** What a blob is for: a `photo` is made into pictures, a `file` is kept as it is (pictures among them are made anew). */
export type BlobUse = 'photo' | 'file';

/**
 * Why a blob will never be stored. `infected`: the scanner found something; `not-a-picture`: its bytes are no JPEG, PNG, WebP or HEIC;
 * `too-many-pixels`; `broken`: cut off or damaged; `animated`; `wrong-hash`: other bytes than its name says; `too-slow`: took longer than
 * any honest picture; `file-type`: no PDF, picture or text; `empty`.
 */
export type BlobRefusal =
  | 'infected'
  | 'not-a-picture'
  | 'too-many-pixels'
  | 'broken'
  | 'animated'
  | 'wrong-hash'
  | 'too-slow'
  | 'file-type'
  | 'empty';

/** Where a blob stands at the relay. */
export type BlobState =
  | { readonly state: 'missing' }
  | { readonly state: 'receiving'; readonly received: number }
  /** All of it is there; `why` it is not stored yet. */
  | { readonly state: 'checking'; readonly why: 'scanner' | 'busy' }
  | { readonly state: 'stored' }
  | { readonly state: 'refused'; readonly code: BlobRefusal };

/** Body of `POST /api/collections/:collection/photos/ask`. */
export interface AskBlobsBody {
  readonly blobs: readonly { readonly hash: BlobHash; readonly bytes: number; readonly use: BlobUse }[];
}

/** Answer to it: states in the order asked, and the bytes the collection's owner has left (null: no limit). */
export interface AskBlobsAnswer {
  readonly blobs: readonly (BlobState & { readonly hash: BlobHash })[];
  readonly room: number | null;
}

/** Sizes a photo is served in; `file` is an attachment as it was sent. */
export type BlobSize = '150' | '300' | 'full' | 'file';

/** Query of `GET /api/collections/:collection/photos/:hash`. */
export interface ReadBlobQuery {
  readonly size: BlobSize;
  /** `r.x.y.s` as the photo's view register says; thumbnails only. */
  readonly view?: string | undefined;
}

/** Body of `PUT /api/collections/:collection/public-photos`. */
export interface PublicPhotosBody {
  readonly isPublic: boolean;
}

/** Answer to it: what public addresses of this collection's photos begin with, or null. */
export interface PublicPhotosAnswer {
  readonly address: string | null;
}

/** Body of `POST /api/collections/:collection/photos/pass`: the secret of a device without an account, by which it is in the collection. */
export interface PhotoPassBody {
  readonly secret: string;
}

/** Answer to it: what stands for the device at the routes of photos, as a bearer token, and for how long. */
export interface PhotoPassAnswer {
  readonly pass: string;
  readonly seconds: number;
}

/** Checks a {@link BlobHash}. */
export const blobHashField: v.GenericSchema<unknown, BlobHash> = v.pipe(
  v.string(),
  v.regex(blobHashPattern, 'a blob is named by 64 hex digits'),
  v.transform((text) => text as BlobHash),
);

const useField: v.GenericSchema<unknown, BlobUse> = v.picklist(['photo', 'file']);

/** Checks {@link AskBlobsBody}. */
export const askBlobsBody: v.GenericSchema<unknown, AskBlobsBody> = v.strictObject({
  blobs: v.pipe(
    v.array(v.strictObject({ hash: blobHashField, bytes: countField(0, maxBlobBytes), use: useField })),
    v.maxLength(maxAskedBlobs),
  ),
});

/** Every refusal there is. */
export const blobRefusals: readonly BlobRefusal[] = [
  'infected',
  'not-a-picture',
  'too-many-pixels',
  'broken',
  'animated',
  'wrong-hash',
  'too-slow',
  'file-type',
  'empty',
];

const states = [
  v.object({ hash: blobHashField, state: v.literal('missing') }),
  v.object({ hash: blobHashField, state: v.literal('receiving'), received: countField(0, maxBlobBytes) }),
  v.object({ hash: blobHashField, state: v.literal('checking'), why: v.picklist(['scanner', 'busy']) }),
  v.object({ hash: blobHashField, state: v.literal('stored') }),
  v.object({ hash: blobHashField, state: v.literal('refused'), code: v.picklist(blobRefusals) }),
] as const;

/** Checks a {@link BlobState} with its hash, as answers carry it. */
export const blobStateAnswer: v.GenericSchema<unknown, BlobState & { readonly hash: BlobHash }> = v.variant('state', [...states]);

/** Checks {@link AskBlobsAnswer}. */
export const askBlobsAnswer: v.GenericSchema<unknown, AskBlobsAnswer> = v.object({
  blobs: v.array(blobStateAnswer),
  room: v.nullable(v.number()),
});

/** Checks {@link ReadBlobQuery}. */
export const readBlobQuery: v.GenericSchema<unknown, ReadBlobQuery> = v.strictObject({
  size: v.picklist(['150', '300', 'full', 'file']),
  view: v.optional(v.pipe(v.string(), v.regex(/^[0-3](?:\.\d{1,4}){3}$/, 'a view is four whole numbers with dots between'))),
});

/** What the headers of a piece say: where it lies in the blob (`end` not included), how long the blob is, and what it is for. */
export interface PieceHeaders {
  readonly start: number;
  readonly end: number;
  readonly total: number;
  readonly use: BlobUse;
}

/** Bytes a piece has at least, but for the last one. */
export const minPieceBytes: number = 64 * 1024;

/** Checks the headers of a piece, by their names in small letters: `content-range: bytes first-last/total` and `x-blob-use`. */
export const pieceHeaders: v.GenericSchema<unknown, PieceHeaders> = v.pipe(
  v.object({
    'content-range': v.pipe(
      v.string(),
      v.regex(/^bytes \d{1,9}-\d{1,9}\/\d{1,9}$/, 'a piece says where it lies as "bytes first-last/total"'),
    ),
    'x-blob-use': useField,
  }),
  v.transform(({ 'content-range': range, 'x-blob-use': use }): PieceHeaders => {
    const [start = 0, last = 0, total = 0] = (range.match(/\d+/g) ?? []).map(Number);
    return { start, end: last + 1, total, use };
  }),
  v.check(({ start, end, total }) => start < end && end <= total, 'a piece lies within its blob and is not empty'),
  v.check(
    ({ start, end, total }) => end === total || end - start >= minPieceBytes,
    `only the last piece is shorter than ${64 * 1024} bytes`,
  ),
);

/** Checks {@link PublicPhotosBody}. */
export const publicPhotosBody: v.GenericSchema<unknown, PublicPhotosBody> = v.strictObject({ isPublic: v.boolean() });

/** Checks {@link PublicPhotosAnswer}. */
export const publicPhotosAnswer: v.GenericSchema<unknown, PublicPhotosAnswer> = v.object({ address: v.nullable(v.string()) });

/** Checks {@link PhotoPassBody}. */
export const photoPassBody: v.GenericSchema<unknown, PhotoPassBody> = v.strictObject({ secret: secretField });

/** Checks {@link PhotoPassAnswer}. */
export const photoPassAnswer: v.GenericSchema<unknown, PhotoPassAnswer> = v.object({
  pass: v.pipe(v.string(), v.regex(/^[\w.-]{1,200}$/, 'a pass is one word')),
  seconds: v.number(),
});
