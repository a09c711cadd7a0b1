import { DetectorError, type FailureOptions } from './detector.ts';
import { retryAfterOf, retryDelayIn, unsaidWaitMs } from './retry-after.ts';

/** What a service said when it gave no answer. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** Left out where they are not known. */
  readonly headers?: Headers | undefined;
}

const words = {
  busy: 'The detection service is busy.',
  blocked: 'The detection service will not look at this picture. Enter the items by hand.',
  unreadable: 'The detection service answered something that is no list of items. Try again, or with fewer things in the picture.',
  unavailable: 'The detection service cannot be reached. Try again in a while.',
  timeout: 'The detection service took too long. Try again, or with a smaller picture.',
  refused: 'The detection service cannot read this picture. Take it again or choose another.',
  setup: 'The detection service refuses the key or the model it was asked with. Whoever set it up must look.',
  cancelled: 'Nobody waits for this picture any more.',
} as const;

/** A failure in the words people read. */
export const failed = (failure: keyof typeof words, options?: FailureOptions): DetectorError =>
  new DetectorError(failure, words[failure], options);

const ofTheSetup: ReadonlySet<number> = new Set([401, 403, 404]);
const ofTime: ReadonlySet<number> = new Set([408, 504]);

/** What an HTTP answer that is no success means. Only its status and the moment to come back are looked at. */
export function failureOf({ status, body, headers = new Headers() }: Refusal): DetectorError {
  const retryAfterMs = retryAfterOf(headers) ?? retryDelayIn(body);
  if (status === 429) return failed('busy', { retryAfterMs: retryAfterMs ?? unsaidWaitMs });
  if (ofTheSetup.has(status) || /API_KEY_INVALID|invalid_api_key|model_not_found/.test(body)) return failed('setup');
  if (ofTime.has(status)) return failed('timeout');
  return failed(status >= 400 && status < 500 ? 'refused' : 'unavailable', { retryAfterMs });
}

/** What was thrown instead of an answer: a lost connection, an end of patience, or whoever asked having left. */
export function failureOfThrown(
  error: unknown,
  { signal, isLate }: { readonly signal: AbortSignal; readonly isLate: boolean },
): DetectorError {
  if (error instanceof DetectorError) return error;
  if (signal.aborted) return failed('cancelled', { cause: error });
  return failed(isLate ? 'timeout' : 'unavailable', { cause: error });
}
