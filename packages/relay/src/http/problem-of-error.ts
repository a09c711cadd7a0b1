import type { HttpProblemCode } from '@cacaw/protocol';
import type { ProblemDetails } from '@cacaw/protocol/http';
import { BlobStoreUnavailable } from '../ports/blob-store.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import { Problem } from './route.ts';

/** What an error is on the wire. */
export interface FoundProblem {
  readonly code: HttpProblemCode;
  readonly detail: string;
  readonly details?: ProblemDetails;
}

/** The problem an error stands for; undefined for a fault. */
export function problemOfError(error: unknown): FoundProblem | undefined {
  if (error instanceof Problem) return { code: error.code, detail: error.message, details: error.details };
  if (error instanceof LogUnavailable) return { code: 'unavailable', detail: 'The database did not answer; try again in a moment.' };
  if (error instanceof BlobStoreUnavailable)
    return { code: 'unavailable', detail: 'The store of photos did not answer; try again in a moment.' };
  return undefined;
}
