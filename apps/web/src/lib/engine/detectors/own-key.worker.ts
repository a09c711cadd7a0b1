import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { serveDetector } from './serve-detector.ts';

/** What this worker is opened with. */
export interface OwnKeyOpening {
  readonly key: string;
}

/** What Google says is quick and cheap, and knows boxes; the same that a relay asks unless told otherwise. */
const model = 'gemini-2.5-flash';
const patienceMs = 60_000;

// The relay lets the script of this worker, and no other, connect to the service.
serveDetector<OwnKeyOpening>(self, ({ key }) => Promise.resolve(createGeminiDetector({ apiKey: key, model, patienceMs })));
