import type { Context } from 'hono';
import { problemOf, problemType, type ProblemDetails } from '@cacaw/protocol/http';
import type { HttpProblemCode } from '@cacaw/protocol';

/** An error answer as RFC 9457 problem details; `detail` says what happened, to which id, and what to do. */
export function problem(context: Context, code: HttpProblemCode, detail: string, details?: ProblemDetails): Response {
  const body = problemOf(code, detail, details);
  return context.body(JSON.stringify(body), body.status as 400, { 'content-type': problemType, 'cache-control': 'no-store' });
}
