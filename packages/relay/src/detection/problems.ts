import { DetectorError, type DetectionFailure } from '@cacaw/detectors';
import type { HttpProblemCode } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import { BudgetSpent } from './money.ts';

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
  return error instanceof BudgetSpent ? budgetProblemOf(error) : error;
}

/** Longer than most pictures take. */
const untilGivenBackMs = 15_000;

function budgetProblemOf({ whose, left, needed, isHeld }: BudgetSpent): Problem {
  const month = whose === 'account' ? 'your detections of this month' : 'the detections of this relay';
  if (isHeld)
    return new Problem(
      'detection-unavailable',
      `What is left of ${month} is set aside for pictures being looked at. Try again in a moment.`,
      {
        retryAfterMs: untilGivenBackMs,
      },
    );
  if (whose === 'relay')
    return new Problem(
      'detection-unavailable',
      'This relay has spent its detections of the month. Enter items by hand, or ask its operator.',
    );
  const missing =
    left > 0
      ? `What is left of your detections of this month (${dollars(left)}) does not pay for a picture, which may cost ${dollars(needed)}.`
      : 'Your detections of this month are used up.';
  return new Problem('limit-reached', `${missing} Enter items by hand, or come back next month.`);
}

const dollars = (micros: number): string => `$${(micros / 1_000_000).toFixed(4)}`;
