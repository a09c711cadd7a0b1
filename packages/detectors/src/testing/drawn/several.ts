import sharp, { type OverlayOptions } from 'sharp';
import { photograph, type Flaw } from './camera.ts';
import { chanceOf } from './chance.ts';
import { drawFace, type FaceKind } from './faces.ts';

/** What stands on one of several things. */
export interface DrawnThing {
  readonly kind: FaceKind;
  readonly lines: readonly string[];
  readonly barcodes: readonly string[];
}

/** A generated picture of several things that lie apart on a table. */
export interface SeveralScene {
  readonly name: string;
  /** A JPEG of 1600 by 1200 pixels. */
  readonly jpeg: Buffer;
  readonly things: readonly DrawnThing[];
}

const conditions: readonly (readonly Flaw[])[] = [[], ['blur'], ['glare'], ['low light'], ['noise']];
/** What lies there: things of a kind, and of two kinds. */
const layouts: readonly (readonly FaceKind[])[] = [
  ['card', 'card'],
  ['label', 'label'],
  ['card', 'card', 'card'],
  ['label', 'label', 'label', 'label'],
];

/** How many different scenes there are. */
export const severalCount: number = layouts.length * conditions.length;

const [width, height] = [2_000, 1_500];

/** Draws one of {@link severalCount} scenes; the same for the same number and seed. */
export async function drawSeveral(index: number, seed: number): Promise<SeveralScene> {
  const [kinds = [], flaws = []] = [layouts[index % layouts.length], conditions[Math.floor(index / layouts.length) % conditions.length]];
  const chance = chanceOf(seed * 10_007 + index * 103 + 5_003);
  const columns = kinds.length === 4 ? 2 : kinds[0] === 'label' ? 1 : kinds.length;
  const [cellWidth, cellHeight] = [width / columns, height / Math.ceil(kinds.length / columns)];
  const [things, parts]: [DrawnThing[], OverlayOptions[]] = [[], []];
  for (const [at, kind] of kinds.entries()) {
    const { picture, lines, barcodes } = await drawFace(kind, chance);
    const input = await sharp(picture)
      .resize(Math.floor(cellWidth * 0.84), Math.floor(cellHeight * 0.84), { fit: 'inside' })
      .rotate(chance.between(-1.5, 1.5), { background: '#00000000' })
      .png()
      .toBuffer({ resolveWithObject: true });
    const [left, top] = [(at % columns) * cellWidth, Math.floor(at / columns) * cellHeight];
    parts.push({
      input: input.data,
      left: Math.round(left + (cellWidth - input.info.width) / 2),
      top: Math.round(top + (cellHeight - input.info.height) / 2),
    });
    things.push({ kind, lines, barcodes });
  }
  const table = chance.one(['#4a3b2c', '#55585c', '#30383f']);
  const picture = await sharp({ create: { width, height, channels: 3, background: table } })
    .composite(parts)
    .png()
    .toBuffer();
  const jpeg = await photograph({ picture, width, height, lines: [], barcodes: [] }, flaws, chance);
  return { name: `${kinds.length} ${kinds[0] ?? ''}s ${flaws.join(' + ') || 'plain'}`, jpeg, things };
}
