import { evened, noiseOf, smoothed, stretched, tiltOf } from './enhance.ts';
import { scaled, tilted, turned, type Grey } from './grey.ts';
import { linesOf, type Line, type Word } from './lines.ts';
import { enlarged, partBefore, type Laid } from './places.ts';
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

/**
 * Reads a picture by whichever way up says most, in several sizes and lights, and keeps of each place what was read best. Places are the
 * picture's.
 */
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
    lines.push(...linesOf(await lookClosely(one, recognise)).map((line) => placedIn(grey, base, { line, laid: one.laid })));
  return lines;
}

function placedIn(grey: Grey, base: Grey, { line, laid }: { readonly line: Line; readonly laid: Laid }): Line {
  return { ...line, words: line.words.map((part) => enlarged(partBefore(part, laid, base), grey.width / base.width)) };
}

interface Glance {
  readonly grey: Grey;
  readonly usual: Sized;
  readonly laid: Laid;
  readonly words: readonly Word[];
  /** Whether it was looked at in even light as well. */
  readonly isEvened: boolean;
  /** Letters of words that were read without doubt. */
  readonly letters: number;
}

async function glance(base: Grey, quarters: number, recognise: Recognise): Promise<Glance> {
  const upright = turned(base, quarters);
  const radians = tiltOf(upright);
  const [grey, laid] = [tilted(upright, radians), { quarters, radians }];
  const usual = sized(grey, usualSide);
  const first = await look(usual, { light: stretched, layout: 'scattered' }, recognise);
  // In glare or a corner without light.
  const isEvened = lettersOf(first) < manyLetters;
  const words = isEvened ? [...first, ...(await look(usual, inEvenLight, recognise))] : first;
  return { grey, usual, laid, words, isEvened, letters: lettersOf(words) };
}

const lettersOf = (words: readonly Word[]): number =>
  words
    .filter(({ text, confidence }) => confidence >= 70 && /[\p{L}\d]{3}/u.test(text))
    .reduce((total, { text }) => total + text.length, 0);

async function lookClosely({ grey, usual, words, isEvened }: Glance, recognise: Recognise): Promise<readonly Word[]> {
  return [
    ...words,
    ...(await look(usual, { light: stretched, layout: 'page' }, recognise)),
    ...(isEvened ? [] : await look(usual, inEvenLight, recognise)),
    ...(await look(sized(grey, fineSide), { light: stretched, layout: 'scattered' }, recognise)),
  ];
}

interface Look {
  readonly light: (grey: Grey) => Grey;
  readonly layout: Layout;
}

const inEvenLight: Look = { light: evened, layout: 'scattered' };

/** A picture in the size it is looked at in, without what would be taken for letters. */
interface Sized {
  readonly grey: Grey;
  /** How many times as large the picture is that it was made of. */
  readonly factor: number;
}

function sized(grey: Grey, side: number): Sized {
  const small = withSide(grey, side);
  return { grey: withoutGrain(withoutStripes(small)), factor: grey.width / small.width };
}

/** Of what is lightened up to be read; from there on letters fall apart in it. */
const mostNoise = 12;

/** What was taken in little light is as grainy as it is dark: its grain is smoothed before it is lightened up. */
function withoutGrain(grey: Grey): Grey {
  return noiseOf(stretched(grey)) < mostNoise ? grey : smoothed(grey, (0.8 * Math.max(grey.width, grey.height)) / usualSide);
}

/** One look; places are given in pixels of what the sized picture was made of. */
async function look({ grey, factor }: Sized, { light, layout }: Look, recognise: Recognise): Promise<readonly Word[]> {
  const words = await recognise(light(grey), layout);
  return words.map((word) => ({ ...word, part: enlarged(word.part, factor) }));
}
