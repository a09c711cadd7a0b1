import { lessonFields, type LessonOutcome } from '@cacaw/protocol/detection';
import type { AccuracyCount } from '../ports/lessons.ts';

const outcomes: readonly LessonOutcome[] = ['accepted', 'changed', 'rejected', 'missed'];
const shown = [...lessonFields, 'item'] as const;

/** How often a detector was right as people read it: a block for each type of collection and what looked, a line for each field. */
export function accuracyLines(counts: readonly AccuracyCount[]): readonly string[] {
  const blocks = Map.groupBy(
    counts,
    ({ collectionType, source, model, promptVersion }) => `${collectionType}, by ${source} ${model}, prompt ${promptVersion}`,
  );
  return [...blocks.entries()].flatMap(([title, block]) => [title, ...linesOf(block), '']).slice(0, -1);
}

const columns = ['', 'right', 'accepted', 'changed', 'rejected', 'missed'];
const lineOf = (cells: readonly string[]): string =>
  `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(10))).join('')}`.trimEnd();

function linesOf(block: readonly AccuracyCount[]): readonly string[] {
  const times = (field: string, outcome: LessonOutcome): number =>
    block.filter((one) => one.field === field && one.outcome === outcome).reduce((sum, one) => sum + one.times, 0);
  const rows = shown.flatMap((field) => {
    const cells = outcomes.map((outcome) => times(field, outcome));
    const [accepted = 0, changed = 0, rejected = 0, missed = 0] = cells;
    const all = accepted + changed + rejected + missed;
    if (all === 0) return [];
    const figures = field === 'item' ? cells : cells.slice(0, 2);
    return [lineOf([field === 'item' ? 'whole proposal' : field, `${((100 * accepted) / all).toFixed(0)} %`, ...figures.map(String)])];
  });
  return [lineOf(columns), ...rows];
}
