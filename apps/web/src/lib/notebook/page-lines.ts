import type { Line, LineKind } from '@cacaw/client/notebook';
import type { Selected } from './page-dom.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A selection from its beginning to its end, whichever way it was made. */
export const ordered = ({ from, to }: Selected): readonly [number, number] => (from < to ? [from, to] : [to, from]);

/** The line a position of the page is in. */
export const lineAt = (lines: readonly Line[], position: number): Line | undefined => lines.findLast((line) => line.start <= position);

/** The place of that line; -1 in an empty page. */
export const lineIndexAt = (lines: readonly Line[], position: number): number => lines.findLastIndex((line) => line.start <= position);

/** How long what a person sees as one character is, before a position. */
export function stepBefore(lines: readonly Line[], at: number): number {
  const line = lineAt(lines, at);
  const before = line?.text.slice(0, at - line.start) ?? '';
  return [...graphemes.segment(before)].at(-1)?.segment.length ?? 1;
}

/** The same after a position. */
export function stepAfter(lines: readonly Line[], at: number): number {
  const line = lineAt(lines, at);
  const after = line?.text.slice(at - line.start) ?? '';
  return [...graphemes.segment(after)][0]?.segment.length ?? 1;
}

/** The piece of one look that ends at or holds a position of its line. */
export function spanAt(line: Line, position: number): Line['spans'][number] | undefined {
  let left = position - line.start;
  return line.spans.find(({ text }) => (left -= text.length) <= 0);
}

/** A ticked entry is an entry. */
export const isKind = (kind: LineKind | undefined, wanted: 'heading' | 'open'): boolean =>
  kind === wanted || (wanted === 'open' && kind === 'done');
