import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader';
import { readBarcode } from '@cacaw/protocol/detection';
import { evened, stretched } from './enhance.ts';
import { scaled, type Grey, type Part } from './grey.ts';
import { distanceOf, enlarged, frameOf } from './places.ts';

/** Where the program that reads barcodes lies: its address, or its bytes. */
export type BarcodeProgram = string | ArrayBuffer;

/** What a barcode says, and where it stands. */
export interface Barcode {
  readonly text: string;
  readonly part: Part;
}

/** Reads the barcodes of a picture, each once, without what cannot be an item's. */
export type ReadBarcodes = (grey: Grey) => Promise<readonly Barcode[]>;

const options: ReaderOptions = {
  formats: ['EAN13', 'EAN8', 'UPCA', 'Code128', 'Code39', 'ITF14', 'DataBar', 'QRCode', 'DataMatrix'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  // One line may look like bars by chance.
  minLineCount: 3,
  maxNumberOfSymbols: 8,
};

/** As it is; then, while nothing is found, with the grain made smaller and the light evened out. */
const ways: readonly ((grey: Grey) => Grey)[] = [
  (grey) => grey,
  (grey) => stretched(scaled(grey, 0.6)),
  (grey) => evened(scaled(grey, 0.75)),
  (grey) => stretched(scaled(grey, 1.5)),
];

/** Loads the program, once for this thread. */
export async function openBarcodes(program: BarcodeProgram): Promise<ReadBarcodes> {
  await prepareZXingModule({
    overrides: typeof program === 'string' ? { locateFile: () => program } : { wasmBinary: program },
    equalityFn: () => true,
    fireImmediately: true,
  });
  return async (grey) => {
    const kept = new Map<string, Barcode>();
    for (const way of ways) {
      const before = kept.size;
      const seen = way(grey);
      const found = (await readBarcodes(inColour(seen), options)).filter(({ isValid }) => isValid);
      for (const one of barcodesOf(found, grey.width / seen.width)) if (!kept.has(one.text)) kept.set(one.text, one);
      // Of several in one picture some are read by this way, some by the next.
      if (before > 0 && kept.size === before) break;
    }
    return [...kept.values()];
  };
}

const barcodesOf = (found: readonly ReadResult[], factor: number): readonly Barcode[] =>
  apart(found).flatMap(({ text, position }) => {
    const code = readBarcode(text);
    return code === undefined ? [] : [{ text: code, part: enlarged(partOf(position), factor) }];
  });

const partOf = ({ topLeft, topRight, bottomLeft, bottomRight }: ReadResult['position']): Part =>
  frameOf([topLeft, topRight, bottomLeft, bottomRight]);

/** Two codes do not stand in one place: the one that more lines say is there. */
function apart(found: readonly ReadResult[]): readonly ReadResult[] {
  const kept: ReadResult[] = [];
  for (const one of found.toSorted((a, b) => b.lineCount - a.lineCount)) if (!kept.some((other) => isSamePlace(one, other))) kept.push(one);
  return kept;
}

function isSamePlace({ position: one }: ReadResult, { position: other }: ReadResult): boolean {
  return distanceOf(partOf(one), partOf(other)) === 0;
}

/** As the library wants it: four bytes a pixel. */
function inColour({ data, width, height }: Grey): ImageData {
  const pixels = new Uint8ClampedArray(data.length * 4).fill(255);
  for (let place = 0, at = 0; place < data.length; place += 1, at += 4) pixels.fill(data[place] ?? 0, at, at + 3);
  return { data: pixels, width, height, colorSpace: 'srgb' } as ImageData;
}
