import type { Detector } from '@cacaw/detectors';
import type { OwnKeyOpening } from './own-key.worker.ts';
import { createWorkerDetector } from './worker-detector.ts';

/** Google's service, asked by the person's own key from a worker that may connect to nothing else. */
export const openOwnKeyDetector = (key: string): Detector =>
  createWorkerDetector<OwnKeyOpening>({
    source: 'gemini',
    start: () => new Worker(new URL('./own-key.worker.ts', import.meta.url), { type: 'module', name: 'cacaw-own-key' }),
    opening: { key },
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });
