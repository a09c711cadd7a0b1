import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(new URL('../../../packages/detectors/package.json', import.meta.url));
const folderOf = (name: string, from = require): string => dirname(from.resolve(`${name}/package.json`));
const versionOf = (name: string): string => (require(`${name}/package.json`) as { readonly version: string }).version;

/** Where what reads text and barcodes on a device is served; another version lies elsewhere, so that its files never change. */
export const readingPath = `_app/immutable/reading/${versionOf('tesseract.js')}-${zxingVersion()}`;

function zxingVersion(): string {
  // Its package file is no entry of its own.
  const wasm = require.resolve('zxing-wasm/reader/zxing_reader.wasm');
  return (JSON.parse(readFileSync(join(wasm, '../../../package.json'), 'utf8')) as { readonly version: string }).version;
}

/** The files under it: eight megabytes that a device fetches once, when it first reads; of the cores the one its processor takes, of the languages English and its own. */
export function readingFiles(): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const tesseract = folderOf('tesseract.js');
  const cores = folderOf('tesseract.js-core', createRequire(join(tesseract, 'package.json')));
  const paths = [
    join(tesseract, 'dist/worker.min.js'),
    ...['lstm', 'simd-lstm', 'relaxedsimd-lstm'].map((kind) => join(cores, `tesseract-core-${kind}.wasm.js`)),
    ...['eng', 'deu'].map((language) => join(folderOf(`@tesseract.js-data/${language}`), `4.0.0_best_int/${language}.traineddata.gz`)),
    require.resolve('zxing-wasm/reader/zxing_reader.wasm'),
  ];
  return paths.map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), bytes: readFileSync(path) }));
}
