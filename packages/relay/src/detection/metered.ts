import { DetectorError } from '@cacaw/detectors';
import type { Meter, MissedDetection } from '../ports/meter.ts';
import type { Detected, Detections } from './detections.ts';
import { BudgetSpent } from './money.ts';

/** The same detections, counted by what comes of them. */
export const meteredDetections = (detections: Detections, meter: Meter): Detections => ({
  ...detections,
  async detect(account, picture, asked) {
    meter.detectionAsked();
    try {
      const detected = await detections.detect(account, picture, asked);
      count(detected, meter);
      return detected;
    } catch (error) {
      meter.detection('failed');
      meter.detectionFailure(codeOf(error));
      throw error;
    }
  },
  async known(account, picture, asked) {
    meter.detectionAsked();
    const detected = await detections.known(account, picture, asked);
    meter.detection(detected === undefined ? 'unknown' : 'cached');
    return detected;
  },
});

function count({ isCached, missed, budget }: Detected, meter: Meter): void {
  if (missed !== undefined) meter.detectionFailure(codeOf(missed));
  meter.detection(isCached ? 'cached' : missed !== undefined || !budget.hasService ? 'read' : 'charged');
}

function codeOf(error: unknown): MissedDetection {
  if (error instanceof DetectorError) return error.failure;
  if (!(error instanceof BudgetSpent)) return 'internal';
  return error.isHeld ? 'budget-set-aside' : error.whose === 'account' ? 'account-budget' : 'relay-budget';
}
