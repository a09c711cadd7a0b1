import { evened, levelled, stretched } from './enhance.ts';
import { scaled, turned, type Grey } from './grey.ts';
import { linesOf, type Line, type Word } from './lines.ts';
import { withoutStripes } from './stripes.ts';

/** How text is looked for: lines of a page, or words anywhere. */
export type Layout = 'page' | 'scattered';

/** Reads the words of a picture as it is; their places are in its pixels. */
export type Recognise = (grey: Grey, layout: Layout) => Promise<readonly Word[]>;

/** Longest sides: most print on things is read best at the first, the smallest at the second. */
const [usualSide, fineSide] = [640, 1_000];
/** Letters after which a picture is taken to stand upright. */
const manyLetters = 12;

const withSide = (grey: Grey, side: number): Grey => scaled(grey, side / Math.max(grey.width, grey.height));

/** Reads a picture by whichever way up says most, in several sizes and lights, and keeps of each place what was read best. */
export async function readText(grey: Grey, recognise: Recognise): Promise<readonly Line[]> {
  const base = withSide(grey, fineSide);
  const [upright, onItsSide] = [await glance(base, 0, recognise), await glance(base, 3, recognise)];
  const glances = [upright, onItsSide];
  if (Math.max(upright.letters, onItsSide.letters) < manyLetters)
    glances.push(await glance(base, 1, recognise), await glance(base, 2, recognise));
  const most = Math.max(...glances.map(({ letters }) => letters));
  const lines: Line[] = [];
  // Spines stand on their side while a label beside them does not.
  for (const one of glances.filter(({ letters }) => letters > 0 && letters >= most * 0.3))
    lines.push(...linesOf(await lookClosely(one, recognise)));
  return lines;
}

interface Glance {
  readonly grey: Grey;
  readonly words: readonly Word[];
  /** Letters of words that were read without doubt. */
  readonly letters: number;
}

async function glance(base: Grey, quarters: number, recognise: Recognise): Promise<Glance> {
  const grey = levelled(turned(base, quarters));
  const first = await look(grey, { side: usualSide, light: stretched, layout: 'scattered' }, recognise);
  if (lettersOf(first) >= manyLetters) return { grey, words: first, letters: lettersOf(first) };
  // In glare or a corner without light.
  const words = [...first, ...(await look(grey, { side: usualSide, light: evened, layout: 'scattered' }, recognise))];
  return { grey, words, letters: lettersOf(words) };
}

const lettersOf = (words: readonly Word[]): number =>
  words
    .filter(({ text, confidence }) => confidence >= 70 && /[\p{L}\d]{3}/u.test(text))
    .reduce((total, { text }) => total + text.length, 0);

async function lookClosely({ grey, words }: Glance, recognise: Recognise): Promise<readonly Word[]> {
  return [
    ...words,
    ...(await look(grey, { side: usualSide, light: stretched, layout: 'page' }, recognise)),
    ...(await look(grey, { side: usualSide, light: evened, layout: 'scattered' }, recognise)),
    ...(await look(grey, { side: fineSide, light: stretched, layout: 'scattered' }, recognise)),
  ];
}

interface Look {
  readonly side: number;
  readonly light: (grey: Grey) => Grey;
  readonly layout: Layout;
}

/** One look; places are given in pixels of `grey`. */
async function look(grey: Grey, { side, light, layout }: Look, recognise: Recognise): Promise<readonly Word[]> {
  const small = withSide(grey, side);
  const words = await recognise(light(withoutStripes(small)), layout);
  const factor = grey.width / small.width;
  return words.map((word) => ({
    ...word,
    part: {
      left: word.part.left * factor,
      top: word.part.top * factor,
      right: word.part.right * factor,
      bottom: word.part.bottom * factor,
    },
  }));
}
