import * as v from 'valibot';
import { httpProblems, type HttpProblemCode } from './errors.ts';
import { isCollectionId, type CollectionId } from './ids.ts';

/** Where collections are created and listed. */
export const collectionsPath = '/api/collections';

/** The media type of every error answer (RFC 9457). */
export const problemType = 'application/problem+json';

const collectionId = v.custom<CollectionId>(isCollectionId, 'a collection id is 22 letters and digits');
const secretHash = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a secret hash is the base64url SHA-256 of the link secret, without padding'),
);

/** Body of `POST /api/collections`: a new collection under the hash of the secret in its link. */
export interface CreateCollectionBody {
  readonly id: CollectionId;
  /** base64url SHA-256 of the link secret, without padding. */
  readonly secretHash: string;
}

/** Answer 201 to the first `POST /api/collections`, and 200 to a repeat with the same hash. Another hash is 409, a deleted collection 410. */
export interface CreateCollectionAnswer {
  readonly id: CollectionId;
  readonly created: boolean;
}

/** The body of every error answer: RFC 9457 problem details with a stable `code`. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: HttpProblemCode;
  /** What happened, to which id, and what to do. */
  readonly detail: string;
}

/** Checks the body of `POST /api/collections`. */
export const createCollectionBody: v.GenericSchema<unknown, CreateCollectionBody> = v.strictObject({ id: collectionId, secretHash });

/** Checks the answer to `POST /api/collections`; fields of newer relays are ignored. */
export const createCollectionAnswer: v.GenericSchema<unknown, CreateCollectionAnswer> = v.object({
  id: collectionId,
  created: v.boolean(),
});

/** Checks an error answer; fields of newer relays are ignored. */
export const problemBody: v.GenericSchema<unknown, ProblemBody> = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  code: v.picklist(Object.keys(httpProblems) as [HttpProblemCode, ...HttpProblemCode[]]),
  detail: v.string(),
});

/** The body that says `code`, with its status and title. */
export function problemOf(code: HttpProblemCode, detail: string): ProblemBody {
  const { status, title } = httpProblems[code];
  return { type: `urn:cacaw:problem:${code}`, title, status, code, detail };
}

/** What came of checking a body: its value, or sentences about every mistake. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly mistakes: readonly string[] };

/** Checks parsed JSON against one of the schemas above; never throws. */
export function check<T>(schema: v.GenericSchema<unknown, T>, input: unknown): Checked<T> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, mistakes: result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`) };
}
