import type { Part } from './grey.ts';
import { overlap } from './places.ts';

/** A word as it was read, how sure the reader was (0 to 100), and where it stands. */
export interface Word {
  readonly text: string;
  readonly confidence: number;
  readonly part: Part;
}

/** Words that stand side by side. */
export interface Line {
  readonly text: string;
  /** Of its words, by their length; 0 to 100. */
  readonly confidence: number;
  /** Of its letters, in pixels. */
  readonly height: number;
  /** Where each of its words stands. */
  readonly words: readonly Part[];
}

const leastConfidence = 50;
/** A short word is often no word. */
const leastOfShort = 70;

const heightOf = ({ part }: Word): number => part.bottom - part.top;
const middleOf = ({ part }: Word): number => (part.top + part.bottom) / 2;

/** Makes lines of words that were read several times over: of those that overlap, the one that was read best stands. */
export function linesOf(words: readonly Word[]): readonly Line[] {
  const kept: Word[] = [];
  for (const word of words.filter(isLikely).toSorted((one, two) => worthOf(two) - worthOf(one)))
    if (!kept.some((other) => overlap(word.part, other.part) > 0.3)) kept.push(word);
  const rows: Word[][] = [];
  for (const word of kept.toSorted((one, two) => one.part.left - two.part.left)) {
    const row = rows.find((one) => continues(one.at(-1), word));
    if (row === undefined) rows.push([word]);
    else row.push(word);
  }
  return rows.toSorted((one, two) => topOf(one) - topOf(two)).map(lineOf);
}

/** How many letters and digits a text has. */
export const lettersIn = (text: string): number => text.replaceAll(/[^\p{L}\d]/gu, '').length;

function isLikely({ text, confidence }: Word): boolean {
  const letters = lettersIn(text);
  return letters > 0 && confidence >= (letters <= 2 ? leastOfShort : leastConfidence);
}

/** Surer is better, and of two that are as sure, the longer one: the other one is a part of it. */
const worthOf = ({ text, confidence }: Word): number => confidence + Math.min(10, text.length) * 4;

function continues(last: Word | undefined, word: Word): boolean {
  if (last === undefined) return false;
  const height = Math.max(heightOf(last), heightOf(word));
  const distance = word.part.left - last.part.right;
  return (
    distance < height * 1.6 &&
    Math.abs(middleOf(last) - middleOf(word)) < height * 0.5 &&
    height < 2.5 * Math.min(heightOf(last), heightOf(word))
  );
}

const topOf = (row: readonly Word[]): number => Math.min(...row.map(({ part }) => part.top));

function lineOf(row: readonly Word[]): Line {
  const letters = row.reduce((total, { text }) => total + text.length, 0);
  return {
    text: row.map(({ text }) => text).join(' '),
    confidence: row.reduce((total, { text, confidence }) => total + confidence * text.length, 0) / letters,
    height: row.reduce((total, word) => total + heightOf(word) * word.text.length, 0) / letters,
    words: row.map(({ part }) => part),
  };
}
