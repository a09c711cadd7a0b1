import { photograph, type Flaw } from './camera.ts';
import { chanceOf } from './chance.ts';
import { drawFace, type FaceKind } from './faces.ts';

/** A generated picture, and what a reader of it should find. */
export interface Scene {
  readonly name: string;
  readonly kind: FaceKind;
  readonly flaws: readonly Flaw[];
  /** A JPEG of 1600 by 1200 pixels. */
  readonly jpeg: Buffer;
  readonly lines: readonly string[];
  readonly barcodes: readonly string[];
}

const kinds: readonly FaceKind[] = ['spines', 'card', 'label', 'box'];
/** Each kind of thing is drawn with each of these. */
const conditions: readonly (readonly Flaw[])[] = [
  [],
  ['perspective'],
  ['blur'],
  ['glare'],
  ['low light'],
  ['noise'],
  ['perspective', 'noise'],
  ['low light', 'noise'],
  ['perspective', 'glare'],
  ['blur', 'low light'],
];

/** How many different scenes there are. */
export const sceneCount: number = kinds.length * conditions.length;

/** Draws one of {@link sceneCount} scenes; the same for the same number and seed. */
export async function drawScene(index: number, seed = 1): Promise<Scene> {
  const [kind = 'label', flaws = []] = [kinds[index % kinds.length], conditions[Math.floor(index / kinds.length) % conditions.length]];
  const chance = chanceOf(seed * 10_007 + index * 101 + 7);
  const face = await drawFace(kind, chance);
  const jpeg = await photograph(face, flaws, chance);
  const name = `${kind} ${flaws.length === 0 ? 'plain' : flaws.join(' + ')}`;
  return { name, kind, flaws, jpeg, lines: face.lines, barcodes: face.barcodes };
}
