import { DetectorError, type DetectionFailure } from '@cacaw/detectors';
import type { HttpProblemCode } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import { BudgetSpent } from './detections.ts';

/** What each failure of a detector is on the wire. */
export const detectionCodes: { readonly [failure in DetectionFailure]: HttpProblemCode } = {
  busy: 'detection-unavailable',
  blocked: 'detection-blocked',
  unreadable: 'detection-unreadable',
  unavailable: 'detection-unavailable',
  timeout: 'detection-unavailable',
  refused: 'picture-refused',
  setup: 'detection-unavailable',
  cancelled: 'detection-unavailable',
};

/** What went wrong with a picture in the words of the HTTP face; anything else is given back as it is. */
export function detectionProblemOf(error: unknown): unknown {
  if (error instanceof DetectorError)
    return new Problem(detectionCodes[error.failure], error.message, { retryAfterMs: error.retryAfterMs });
  if (!(error instanceof BudgetSpent)) return error;
  return error.whose === 'account'
    ? new Problem('limit-reached', 'Your detections of this month are used up. Enter items by hand, or come back next month.')
    : new Problem('detection-unavailable', 'This relay has spent its detections of the month. Enter items by hand, or ask its operator.');
}
