import { createOnDeviceDetector } from '@cacaw/detectors/on-device';
import { serveDetector } from './serve-detector.ts';

/** What this worker is opened with: the address everything is fetched from. */
export interface OnDeviceOpening {
  readonly home: string;
}

/** An old phone takes a while for a shelf. */
const patienceMs = 120_000;

serveDetector<OnDeviceOpening>(self, ({ home }) =>
  Promise.resolve(
    createOnDeviceDetector({
      patienceMs,
      programs: {
        barcodes: `${home}/zxing_reader.wasm`,
        text: { languages: home, browser: { worker: `${home}/worker.min.js`, cores: home } },
      },
    }),
  ),
);
