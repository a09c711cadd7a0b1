import * as v from 'valibot';
import { httpProblems, type HttpProblemCode } from '../http-problems.ts';

/** The media type of every error answer (RFC 9457). */
export const problemType = 'application/problem+json';

/** The body of every error answer: RFC 9457 problem details with a stable `code`. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: HttpProblemCode;
  /** What happened, to which id, and what to do. */
  readonly detail: string;
  /** What exactly was wrong, as a word that stays: under `/api/auth` (`EMAIL_NOT_VERIFIED`), and why a blob is refused (`infected`). */
  readonly reason?: string | undefined;
  /** With `offset` only: how many bytes are there, which is where the next piece begins. */
  readonly received?: number | undefined;
  /** With `storage-full` only: bytes that may still be stored. */
  readonly room?: number | undefined;
  /** When asking again may help, if that is known; `Retry-After` says it as well. */
  readonly retryAfterMs?: number | undefined;
}

/** What a problem says beside its code and its sentence. */
export type ProblemDetails = Pick<ProblemBody, 'reason' | 'received' | 'room' | 'retryAfterMs'>;

/** Checks an error answer; fields of newer relays are ignored. */
export const problemBody: v.GenericSchema<unknown, ProblemBody> = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  // A page that reads no problems need not carry their titles.
  code: v.picklist(/* @__PURE__ */ Object.keys(httpProblems) as [HttpProblemCode, ...HttpProblemCode[]]),
  detail: v.string(),
  reason: v.optional(v.string()),
  received: v.optional(v.number()),
  room: v.optional(v.number()),
  retryAfterMs: v.optional(v.number()),
});

/** The body that says `code`, with its status and title. */
export function problemOf(code: HttpProblemCode, detail: string, details: ProblemDetails = {}): ProblemBody {
  const { status, title } = httpProblems[code];
  return { type: `urn:cacaw:problem:${code}`, title, status, code, detail, ...details };
}

/** What came of checking a body: its value, or sentences about every mistake. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly mistakes: readonly string[] };

/** Checks parsed JSON against one of the schemas above; never throws. */
export function check<T>(schema: v.GenericSchema<unknown, T>, input: unknown): Checked<T> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, mistakes: result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`) };
}
