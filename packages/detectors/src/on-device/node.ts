import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ReadingPrograms } from './reading.ts';

const require = createRequire(import.meta.url);

/** Everything from the packages beside this one: nothing is fetched. */
export function programsInNode(): ReadingPrograms {
  const bytes = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  return {
    text: { language: join(dirname(require.resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int') },
    barcodes: new Uint8Array(bytes).buffer,
  };
}
