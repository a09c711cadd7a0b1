import { readDetection, type DetectedItem, type DetectionHints } from '@cacaw/protocol/detection';
import type { Grey } from './grey.ts';
import type { Line } from './lines.ts';
import { openBarcodes, type BarcodeProgram } from './read-barcodes.ts';
import { readText } from './read-text.ts';
import { openText, type TextProgram } from './tesseract.ts';

/** Where everything lies that reading needs. */
export interface ReadingPrograms {
  readonly text: TextProgram;
  readonly barcodes: BarcodeProgram;
}

/** What stands on a picture. */
export interface Reading {
  readonly lines: readonly Line[];
  readonly barcodes: readonly string[];
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
    read: async (grey) => ({ barcodes: await readBarcodes(grey), lines: await readText(grey, recognise) }),
    close,
  };
}

/** Names a reader among models. */
export const readerModel = 'tesseract-eng+zxing';

/** Reading says what is written, not what a thing is: a name that was only read is never a sure one. */
const mostConfidence = 0.6;

/** One proposal for all that stands on a picture, named by its most prominent line; none when nothing does. No price, nothing guessed. */
export function proposalsOf({ lines, barcodes }: Reading, hints: DetectionHints): readonly DetectedItem[] {
  const [name] = lines.toSorted((one, two) => prominenceOf(two) - prominenceOf(one));
  if (name === undefined && barcodes.length === 0) return [];
  const item = {
    name: name?.text ?? barcodes[0],
    text: lines.map(({ text }) => text).join(' / '),
    barcodes,
    confidence: ((name?.confidence ?? 0) / 100) * mostConfidence,
  };
  return readDetection(JSON.stringify({ items: [item] }), hints) ?? [];
}

/** Large letters that were read well; a few of them are rather a mark than a name. */
function prominenceOf({ text, confidence, height }: Line): number {
  const letters = text.replaceAll(/[^\p{L}]/gu, '').length;
  return height * confidence * Math.min(1, letters / 4);
}
