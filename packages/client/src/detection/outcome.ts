import { DetectorError, type DetectionFailure } from '@cacaw/detectors';
import type { LookCode } from '@cacaw/protocol/detection';
import type { DetectAnswer } from '@cacaw/protocol/http';
import type { HttpFailure } from '../relay-http.ts';
import type { DetectionBy, LookReason } from './detection-calls.ts';
import type { Answer } from './records.ts';

/** What came of asking about one photo. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** This photo's own fault, or bad luck that may pass. */
  | { readonly kind: 'failed'; readonly code: LookCode; readonly mayPass: boolean; readonly afterMs?: number | undefined }
  /** In the way of everything that is asked in the same place. */
  | { readonly kind: 'wait'; readonly reason: LookReason; readonly afterMs?: number | undefined }
  /** Asked only for what the relay knows, and it knows nothing yet. */
  | { readonly kind: 'unknown' }
  /** Its bytes cannot be had where it is asked about: nothing is in the way of others. */
  | { readonly kind: 'later'; readonly reason: Extract<LookReason, 'offline' | 'uploading'> };

const failed = (code: LookCode, mayPass = false, afterMs?: number): Outcome => ({ kind: 'failed', code, mayPass, afterMs });
const wait = (reason: LookReason, afterMs?: number): Outcome => ({ kind: 'wait', reason, afterMs });

const inTheWay: { readonly [code: string]: LookReason } = {
  offline: 'offline',
  unreachable: 'offline',
  'signed-out': 'signed-out',
  'sign-in-first': 'signed-out',
  unauthenticated: 'signed-out',
  'rate-limit': 'limit',
  'limit-reached': 'budget',
  'detection-off': 'off',
};
const notThereYet: { readonly [code: string]: Outcome } = {
  'not-asked-before': { kind: 'unknown' },
  'photo-not-stored': { kind: 'later', reason: 'uploading' },
};
const notOurs: ReadonlySet<number> = new Set([403, 404, 410]);

/** What it means that nothing was read in place of a service: undefined while nobody knows when that is back. */
export function outcomeOfMissed({ items, missed }: Pick<DetectAnswer, 'items' | 'missed'>): Outcome | undefined {
  if (missed?.retryAfterMs === undefined || items.length > 0) return undefined;
  return failed('detection-unavailable', true, missed.retryAfterMs);
}

/** What a failed request to the relay means for a photo. */
export function outcomeOfFailure({ code, status, retryAfterSeconds, mayPass }: HttpFailure): Outcome {
  const afterMs = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  const reason = inTheWay[code];
  if (reason !== undefined) return wait(reason, afterMs);
  const notYet = notThereYet[code];
  if (notYet !== undefined) return notYet;
  if (code === 'detection-blocked' || code === 'picture-refused' || code === 'detection-unreadable') return failed(code);
  if (code === 'detection-unavailable' || status >= 500) return failed('detection-unavailable', true, afterMs);
  if (notOurs.has(status)) return failed('forbidden');
  return failed('internal', mayPass, afterMs);
}

const failures: { readonly [failure in Exclude<DetectionFailure, 'busy' | 'setup'>]: readonly [code: LookCode, mayPass: boolean] } = {
  blocked: ['detection-blocked', false],
  unreadable: ['detection-unreadable', false],
  refused: ['picture-refused', false],
  unavailable: ['detection-unavailable', true],
  timeout: ['detection-unavailable', true],
  cancelled: ['detection-unavailable', true],
};

/** What a detector of this device's own threw, when it was not told to stop. */
export function outcomeOfError(error: unknown, by: DetectionBy): Outcome {
  if (!(error instanceof DetectorError)) return failed('internal');
  const { failure, retryAfterMs } = error;
  if (failure === 'busy') return wait('limit', retryAfterMs);
  if (failure === 'setup') return failed(by === 'own-key' ? 'key-refused' : 'reader-unavailable');
  return failed(...failures[failure], retryAfterMs);
}
