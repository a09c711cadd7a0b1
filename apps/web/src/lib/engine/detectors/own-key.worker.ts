import { defaultGeminiModel } from '@cacaw/detectors';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { serveDetector } from './serve-detector.ts';

/** What this worker is opened with. */
export interface OwnKeyOpening {
  readonly key: string;
}

const patienceMs = 60_000;

// The relay lets the script of this worker, and no other, connect to the service.
serveDetector<OwnKeyOpening>(self, ({ key }) =>
  Promise.resolve(createGeminiDetector({ apiKey: key, model: defaultGeminiModel, patienceMs })),
);
