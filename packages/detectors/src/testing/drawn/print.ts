import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

/** A line printed on something: its words, the font's file without its ending, its height in pixels and its colour. */
export interface Print {
  readonly text: string;
  readonly font: Font;
  readonly size: number;
  readonly colour: string;
}

/** Fonts things are printed in. */
export type Font = 'DejaVuSans' | 'DejaVuSans-Bold' | 'DejaVuSerif' | 'DejaVuSerif-Bold' | 'DejaVuSansCondensed-Bold' | 'DejaVuSansMono';

const require = createRequire(import.meta.url);
/** The part of the library's font that draws; it brings no types of its own. */
interface Face {
  readonly unitsPerEm: number;
  charToGlyph(character: string): {
    readonly advanceWidth: number;
    getPath(x: number, y: number, size: number): { toPathData(decimals: number): string };
  };
}

/** By its one entry that is the same for every loader. */
const { parse } = require('opentype.js') as { readonly parse: (bytes: ArrayBuffer) => Face };
const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const loaded = new Map<Font, Face>();

function fontOf(font: Font): Face {
  const known = loaded.get(font) ?? parse(new Uint8Array(readFileSync(join(fonts, `${font}.ttf`))).buffer);
  loaded.set(font, known);
  return known;
}

/** The line as a picture with nothing behind it: drawn as outlines, which are the same on a machine with other fonts or none. */
export function printed({ text, font, size, colour }: Print): Buffer {
  const face = fontOf(font);
  let [x, outline] = [2, ''];
  for (const character of text) {
    const glyph = face.charToGlyph(character);
    outline += glyph.getPath(x, size, size).toPathData(2);
    x += (glyph.advanceWidth * size) / face.unitsPerEm;
  }
  const [width, height] = [Math.ceil(x) + 2, Math.ceil(size * 1.3)];
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path fill="${colour}" d="${outline}"/></svg>`,
  );
}

/** A line and where it begins. */
export const printedAt = (print: Print, left: number, top: number): OverlayOptions => ({
  input: printed(print),
  left: Math.round(left),
  top: Math.round(top),
});

/** Kinds of barcodes that are drawn. */
export type BarcodeKind = 'EAN13' | 'EAN8' | 'UPCA' | 'Code128' | 'QRCode';

/** A barcode with its quiet zone, `width` pixels wide. */
export async function barcode(kind: BarcodeKind, text: string, width: number): Promise<Buffer> {
  await prepareZXingModule({
    overrides: { wasmBinary: readFileSync(require.resolve('zxing-wasm/writer/zxing_writer.wasm')).buffer as ArrayBuffer },
    equalityFn: () => true,
    fireImmediately: true,
  });
  const { image, error } = await writeBarcode(text, { format: kind, scale: 4, addQuietZones: true });
  if (image === null) throw new Error(`${text} is no ${kind}: ${error}`);
  const height = kind === 'QRCode' ? width : Math.round(width * 0.55);
  return sharp(await image.arrayBuffer())
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .extend({ ...{ top: 8, bottom: 8, left: 16, right: 16 }, background: 'white' })
    .png()
    .toBuffer();
}

/** The digits with their check digit. */
export function withCheckDigit(digits: string): string {
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
