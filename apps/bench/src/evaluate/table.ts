import { lessonFields } from '@cacaw/protocol/detection';
import type { Evaluation, Score } from './evaluate.ts';

/** What looking costs, in US dollars: of a million tokens, where they are told, and of a picture whose tokens nobody counted. */
export interface Prices {
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
  readonly picture: number;
}

const percent = ({ right, of }: Score): string => (of === 0 ? '–' : `${((100 * right) / of).toFixed(1)} %`);
const row = (first: string, ...cells: readonly (string | number)[]): string =>
  `  ${first.padEnd(24)}${cells.map((cell) => String(cell).padStart(10)).join('')}`;

/** An evaluation as people read it. */
export function tableOf(result: Evaluation, prices: Prices): readonly string[] {
  const types = [...result.types.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  const sum = (of: 'found' | 'missed' | 'extra'): number => types.reduce((total, [, type]) => total + type[of], 0);
  const failures = [...result.failures.entries()].map(([why, times]) => `${times} ${why}`).join(', ');
  return [
    row('field', 'right', 'of'),
    ...lessonFields.map((field) => row(field, percent(result.fields[field]), result.fields[field].of)),
    '',
    row('type', 'found', 'missed', 'extra', 'right'),
    ...types.map(([name, { found, missed, extra, fields }]) => row(name.slice(0, 24), found, missed, extra, percent(fields))),
    row('all', sum('found'), sum('missed'), sum('extra'), percent(allOf(result))),
    '',
    `${result.photos} photos looked at${failures === '' ? '' : `, not looked at: ${failures}`}`,
    costLine(result, prices),
  ];
}

function allOf({ fields }: Evaluation): Score {
  return Object.values(fields).reduce((sum: Score, one) => ({ right: sum.right + one.right, of: sum.of + one.of }), { right: 0, of: 0 });
}

function costLine({ photos, untold, tokens }: Evaluation, { tokens: price, picture }: Prices): string {
  const counted = price === undefined ? 0 : (tokens.input * price.input + tokens.output * price.output) / 1e6;
  const flat = (price === undefined ? photos : untold) * picture;
  return `cost $${(counted + flat).toFixed(4)}: ${tokens.input} tokens read, ${tokens.output} written${
    price === undefined ? `, at a flat $${picture} a photo` : ''
  }`;
}
