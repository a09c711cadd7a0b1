import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader';
import { readBarcode } from '@cacaw/protocol/detection';
import { averaged, evened, sharpened } from './enhance.ts';
import { scaled, type Grey, type Part } from './grey.ts';
import { distanceOf, enlarged, frameOf } from './places.ts';
import { hasLyingBars } from './stripes.ts';

/** Where the program that reads barcodes lies: its address, or its bytes. */
export type BarcodeProgram = string | ArrayBuffer;

/** What a barcode says, and where it stands. */
export interface Barcode {
  readonly text: string;
  readonly part: Part;
}

/** Reads the barcodes of a picture, each once, without what cannot be an item's; looks ever harder as long as there are fewer than `wanted`. */
export type ReadBarcodes = (grey: Grey, wanted: number) => Promise<readonly Barcode[]>;

const options: ReaderOptions = {
  formats: ['EAN13', 'EAN8', 'UPCA', 'Code128', 'Code39', 'ITF14', 'DataBar', 'QRCode', 'DataMatrix'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: 8,
};

interface View {
  readonly seen: Grey;
  /** Lines that must say the same: one may look like bars by chance, and after a mean down the bars so may as many as went into it. */
  readonly fewestLines: number;
}

/** As it is; in little light, with the grain made smaller and the light evened out; small, and blurred. Each is made when it is looked at. */
function* viewsOf(grey: Grey): Generator<View> {
  yield { seen: grey, fewestLines: 3 };
  yield { seen: evened(scaled(averaged(grey, 2, 2), 0.5)), fewestLines: 3 };
  yield* repaired(averaged(grey, 0, 5));
  // Of bars that lie, which few do: only where something looks like them.
  const lying = averaged(grey, 5, 0);
  if (hasLyingBars(lying)) yield* repaired(lying);
}

/** Blur and grain taken out of a mean along the bars: made larger, with its edges made steep, for small bars and for those that blur made one. */
function* repaired(mean: Grey): Generator<View> {
  const larger = scaled(mean, 1.5);
  yield { seen: sharpened(larger, 3, 2), fewestLines: 10 };
  yield { seen: sharpened(larger, 5, 3), fewestLines: 10 };
}

/** Loads the program, once for this thread. */
export async function openBarcodes(program: BarcodeProgram): Promise<ReadBarcodes> {
  await prepareZXingModule({
    overrides: typeof program === 'string' ? { locateFile: () => program } : { wasmBinary: program },
    equalityFn: () => true,
    fireImmediately: true,
  });
  return async (grey, wanted) => {
    const kept = new Map<string, Barcode>();
    for (const { seen, fewestLines } of viewsOf(grey)) {
      const found = await readBarcodes(inColour(seen), { ...options, minLineCount: fewestLines });
      const valid = found.filter(({ isValid }) => isValid);
      for (const one of barcodesOf(valid, grey.width / seen.width)) if (!kept.has(one.text)) kept.set(one.text, one);
      if (kept.size >= wanted) break;
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
  const pixels = new Uint32Array(data.length);
  for (let at = 0; at < data.length; at += 1) pixels[at] = 0xff_00_00_00 | ((data[at] ?? 0) * 0x01_01_01);
  return { data: new Uint8ClampedArray(pixels.buffer), width, height, colorSpace: 'srgb' } as ImageData;
}
