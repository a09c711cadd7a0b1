import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TextLanguage } from './languages.ts';
import type { ReadingPrograms } from './reading.ts';

const require = createRequire(import.meta.url);

const packages: { readonly [language in TextLanguage]: string } = {
  eng: require.resolve('@tesseract.js-data/eng/package.json'),
  deu: require.resolve('@tesseract.js-data/deu/package.json'),
};

/** The folder of a language's data. */
export const languageFolder = (language: TextLanguage): string => join(dirname(packages[language]), '4.0.0_best_int');

/** Everything from the packages beside this one: nothing is fetched. */
export function programsInNode(): ReadingPrograms {
  const bytes = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  return {
    text: { languages: (language) => readFile(join(languageFolder(language), `${language}.traineddata.gz`)) },
    barcodes: new Uint8Array(bytes).buffer,
  };
}
