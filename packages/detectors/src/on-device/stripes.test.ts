import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { greyInNode } from '../testing/drawn/index.ts';
import { barcode, printedAt } from '../testing/drawn/print.ts';
import { withoutStripes } from './stripes.ts';

const paper = 230;

/** Dark pixels of the left half, with a word in bold, and of the right half, with a barcode. */
function inkOf({ data, width }: { readonly data: Uint8Array; readonly width: number }): readonly [word: number, code: number] {
  let [word, code] = [0, 0];
  data.forEach((value, at) => {
    if (value > paper / 2) return;
    if (at % width < width / 2) word += 1;
    else code += 1;
  });
  return [word, code];
}

describe('barcodes in the way of text', () => {
  it('[O17] are painted over in the colour round them, and a word in bold is not', async () => {
    const jpeg = await sharp({ create: { width: 640, height: 200, channels: 3, background: { r: paper, g: paper, b: paper } } })
      .composite([
        printedAt({ text: 'Lillith', font: 'DejaVuSans-Bold', size: 70, colour: '#111111' }, 10, 50),
        { input: await barcode('EAN13', '4006381333931', 220), left: 360, top: 30 },
      ])
      .jpeg()
      .toBuffer();
    const grey = await greyInNode({ bytes: jpeg });
    const [word, code] = inkOf(grey);

    const [wordLeft, codeLeft] = inkOf(withoutStripes(grey));

    expect(wordLeft).toBe(word);
    expect(codeLeft).toBeLessThan(code * 0.1);
  });
});
