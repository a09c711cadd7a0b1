import type { Grey } from './grey.ts';
import { groundsOf } from './grounds.ts';
import type { Reading } from './groups.ts';
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
export async function openReader({ text, barcodes }: ReadingPrograms): Promise<Reader> {
  const [readBarcodes, { recognise, close }] = await Promise.all([openBarcodes(barcodes), openText(text)]);
  return {
    async read(grey) {
      const [codes, lines] = [await readBarcodes(grey), await readText(grey, recognise)];
      const { grounds, groundOf } = groundsOf(grey, lines);
      const { width, height } = grey;
      return { width, height, barcodes: codes, lines: lines.map((line, at) => ({ ...line, ground: groundOf[at] })), grounds };
    },
    close,
  };
}
