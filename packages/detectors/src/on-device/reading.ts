import type { Grey } from './grey.ts';
import { groundsOf } from './grounds.ts';
import { groupsOf, type Reading } from './groups.ts';
import type { TextLanguage } from './languages.ts';
import { openBarcodes, type BarcodeProgram } from './read-barcodes.ts';
import { readText } from './read-text.ts';
import { openText, type TextProgram } from './tesseract.ts';

/** Where everything lies that reading needs. */
export interface ReadingPrograms {
  readonly text: TextProgram;
  readonly barcodes: BarcodeProgram;
}

/** Reads one picture after the other. */
export interface Reader {
  read(grey: Grey): Promise<Reading>;
  /** Ends at once, whatever is being read. */
  close(): Promise<void>;
}

/** Loads everything; afterwards nothing is asked of anybody. */
export async function openReader({ text, barcodes }: ReadingPrograms, languages: readonly TextLanguage[] = ['eng']): Promise<Reader> {
  const [readBarcodes, { recognise, close }] = await Promise.all([openBarcodes(barcodes), openText(text, languages)]);
  return {
    async read(grey) {
      const words = await readText(grey, recognise);
      const { grounds, groundOf } = groundsOf(grey, words);
      const lines = words.map((line, at) => ({ ...line, ground: groundOf[at] }));
      const read = { width: grey.width, height: grey.height, lines, grounds, barcodes: [] };
      return { ...read, barcodes: await readBarcodes(grey, groupsOf(read).length) };
    },
    close,
  };
}
