import type { DeviceStore } from '@cacaw/core/device';
import type { Clock } from '@cacaw/protocol';
import type { OfficeCalls } from '../office.ts';
import type { DetectionCalls } from './detection-calls.ts';
import { keepReview, readReview } from './review.ts';
import { tellDetectionSettings, writeDetectionSettings } from './settings.ts';

/** What any tab does about looks, and what it asks the leading one. */
export interface DetectionPorts {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly ask: OfficeCalls['aboutLooks'];
}

/** The calls of a page about photos that are to become items, but for the one it follows. */
export const openDetection = ({ store, clock, ask }: DetectionPorts): Omit<DetectionCalls, 'looks'> => ({
  review: (collection, item) => readReview(store, { collection, item }),
  async keepReview(collection, review) {
    await keepReview(store, { collection, review, clock });
    await ask('reviewKept');
  },
  endReview: (collection, item, decided) => ask('endReview', collection, item, decided),
  lookAgain: (collection, item, how = {}) => ask('lookAgain', collection, item, how),
  detectionBudget: () => ask('budget'),
  detectionSettings: () => tellDetectionSettings(store),
  /** The key goes into the store and nowhere else: the leading tab reads it there. */
  async setDetectionSettings(settings) {
    await writeDetectionSettings(store, settings);
    await ask('settingsChanged');
  },
});
