import type { Context } from 'hono';
import { problemOf, problemType, type ProblemDetails } from '@cacaw/protocol/http';
import type { HttpProblemCode } from '@cacaw/protocol';

/** An error answer as RFC 9457 problem details; `detail` says what happened, to which id, and what to do. */
export function problem(context: Context, code: HttpProblemCode, detail: string, details?: ProblemDetails): Response {
  const body = problemOf(code, detail, details);
  const wait = body.retryAfterMs;
  return context.body(JSON.stringify(body), body.status as 400, {
    'content-type': problemType,
    'cache-control': 'no-store',
    ...(wait === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) }),
  });
}
