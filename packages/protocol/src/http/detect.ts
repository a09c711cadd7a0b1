import * as v from 'valibot';
import type { BlobHash } from '../blobs.ts';
import type { DetectedItem, DetectionHints } from '../detection/index.ts';
import { httpProblems, type HttpProblemCode } from '../http-problems.ts';
import type { CollectionId } from '../ids.ts';
import { collectionIdField, countField, isBase64, linesField } from './fields.ts';
import { blobHashField } from './photos.ts';

/** Where one picture is looked at; several are at `/api/detect/batch`. */
export const detectPath = '/api/detect';
/** Pictures one batch may hold; each counts like a request of its own. */
export const maxBatchPictures: number = 20;

/** Bytes of the largest picture that is looked at. */
export const maxPictureBytes: number = 10 * 1024 * 1024;

/** What a request says beside the picture. */
export type AskedHints = Omit<DetectionHints, 'corrections' | 'mostOutputTokens'>;

/**
 * Body of `POST /api/detect`: a JPEG, PNG or WebP of at most 10 MiB as base64 or as a data URL, or a photo that is stored in a collection.
 * The same photo is asked about by its hash on every device, which makes it the same question. `onlyKnown` asks for what the account
 * was answered before and never costs anything. `seal` is the photo's own of the look it is asked for: that wish is answered once and
 * paid for once, whatever the hints have become since.
 */
export type DetectBody = AskedHints &
  (
    | { readonly image: string }
    | {
        readonly photo: BlobHash;
        readonly collection: CollectionId;
        readonly onlyKnown?: boolean | undefined;
        readonly seal?: string | undefined;
      }
  );

/** How long the relay answers the same question of an account, and the same wish, from what it was answered before. */
export const detectionKeptMs: number = 30 * 24 * 3_600_000;

/** Body of `POST /api/detect/batch`. */
export type DetectBatchBody = AskedHints &
  ({ readonly images: readonly string[] } | { readonly photos: readonly BlobHash[]; readonly collection: CollectionId });

/** What the month has cost and may cost, in US dollars. */
export interface DetectionBudgetAnswer {
  readonly spent: number;
  readonly limit: number;
  /** What one picture costs about. */
  readonly perPicture: number;
  /** False where the relay passes pictures to nobody and only reads what is written; absent where it has a service. */
  readonly hasService?: boolean | undefined;
}

/** What kept the service from looking, and when it may be there again, if that is known. */
export interface DetectMissed {
  readonly code: HttpProblemCode;
  readonly retryAfterMs?: number | undefined;
}

/** Answer to `POST /api/detect`. Nothing of it is an item before a person has looked at it. */
export interface DetectAnswer {
  readonly items: readonly DetectedItem[];
  /** Of the whole picture, 0 to 1. */
  readonly confidence: number;
  /** Milliseconds from the question to the answer. */
  readonly processingTime: number;
  /** What looked: `gemini`, `openai-compatible`, or `on-device` for text and barcodes that were only read. */
  readonly source: string;
  /** Why the service did not answer and the relay only read what is written; null when it did, or none is set up. */
  readonly missed: DetectMissed | null;
  readonly model: string;
  readonly promptVersion: string;
  /** The same was asked before; nothing was charged. */
  readonly isCached: boolean;
  readonly budget: DetectionBudgetAnswer;
}

/** One line of the stream that answers a batch: a picture by its place in the request, in order of completion. */
export type DetectBatchLine =
  | { readonly index: number; readonly answer: DetectAnswer }
  | {
      readonly index: number;
      readonly problem: { readonly code: HttpProblemCode; readonly detail: string; readonly retryAfterMs?: number | undefined };
    };

/** As base64, and what a data URL puts before it. */
const maxImageLength = Math.ceil(maxPictureBytes / 3) * 4 + 100;
const imageField = v.pipe(
  v.string('a picture is base64 or a data URL'),
  v.maxLength(maxImageLength, 'a picture has at most 10 MiB'),
  v.check(isBase64, 'a picture is base64 or a data URL'),
);
const hints = {
  collectionType: linesField(50),
  prompt: v.optional(linesField(500)),
  language: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{2,35}$/, 'a language is a BCP 47 tag'))),
  currency: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'a currency is three capital letters'))),
};

/** Checks {@link DetectBody}. */
export const detectBody: v.GenericSchema<unknown, DetectBody> = v.union([
  v.strictObject({ image: imageField, ...hints }),
  v.strictObject({
    photo: blobHashField,
    collection: collectionIdField,
    onlyKnown: v.optional(v.boolean()),
    seal: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, 'a seal is 22 characters of base64url'))),
    ...hints,
  }),
]);

/** Checks {@link DetectBatchBody}. */
export const detectBatchBody: v.GenericSchema<unknown, DetectBatchBody> = v.union([
  v.strictObject({ images: v.pipe(v.array(imageField), v.maxLength(maxBatchPictures)), ...hints }),
  v.strictObject({
    photos: v.pipe(v.array(blobHashField), v.maxLength(maxBatchPictures)),
    collection: collectionIdField,
    ...hints,
  }),
]);

/** Checks {@link DetectionBudgetAnswer}. */
export const detectionBudgetAnswer: v.GenericSchema<unknown, DetectionBudgetAnswer> = v.object({
  spent: v.number(),
  limit: v.number(),
  perPicture: v.number(),
  hasService: v.optional(v.boolean()),
});

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Checks {@link DetectAnswer}. */
export const detectAnswer: v.GenericSchema<unknown, DetectAnswer> = v.object({
  items: v.array(
    v.object({
      name: v.string(),
      type: v.string(),
      series: v.string(),
      condition: v.string(),
      description: v.string(),
      estimatedValue: v.nullable(v.number()),
      currency: v.string(),
      tags: v.array(v.string()),
      barcodes: v.array(v.string()),
      text: v.string(),
      confidence: fraction,
      box: v.nullable(v.object({ x: fraction, y: fraction, width: fraction, height: fraction })),
    }),
  ),
  confidence: fraction,
  processingTime: countField(0, 1e9),
  source: v.string(),
  missed: v.nullable(
    v.object({
      code: v.picklist(/* @__PURE__ */ Object.keys(httpProblems) as [HttpProblemCode, ...HttpProblemCode[]]),
      retryAfterMs: v.optional(v.number()),
    }),
  ),
  model: v.string(),
  promptVersion: v.string(),
  isCached: v.boolean(),
  budget: detectionBudgetAnswer,
});
