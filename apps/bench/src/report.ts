import { writeFileSync } from 'node:fs';
import type { Figure } from './figure.ts';
import { describeMachine, type Machine } from './machine.ts';
import type { Scenario } from './scenario.ts';

/** What one scenario brought; `failure` when it could not be measured to the end. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly figures: readonly Figure[];
  readonly seconds: number;
  readonly load: string;
  readonly failure?: Error;
}

/** A whole run. */
export interface Run {
  readonly command: string;
  readonly browser: string;
  readonly machine: Machine;
  readonly outcomes: readonly Outcome[];
}

/** The gates of a run that did not hold, and the scenarios that failed, in words. */
export const broken = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ scenario, figures, failure }) => [
    ...figures.flatMap(({ gate, value }) =>
      gate === undefined || gate.held ? [] : [`${scenario.name}: ${gate.rule}, but it is ${value}`],
    ),
    ...(failure === undefined ? [] : [`${scenario.name}: ${failure.message}`]),
  ]);

const mark = ({ gate, met }: Figure): string => {
  if (gate !== undefined) return gate.held ? 'holds' : 'BROKEN';
  return met === undefined ? '' : met ? 'met' : 'missed';
};

/** One scenario, for the terminal. */
export function print({ scenario, figures, seconds, failure, load }: Outcome): void {
  console.log(`\n${scenario.name}: ${scenario.about}  (${seconds.toFixed(0)} s, load ${load})`);
  for (const figure of figures) {
    console.log(`  ${figure.what.padEnd(52)} ${figure.value}`);
    if (figure.target !== undefined)
      console.log(`  ${''.padEnd(52)} target ${figure.target} ${mark(figure) === '' ? '' : `[${mark(figure)}]`}`);
    if (figure.beside !== undefined) console.log(`  ${''.padEnd(52)} beside ${figure.beside}`);
  }
  if (failure !== undefined) console.error(failure);
}

const cell = (text: string | undefined): string => (text ?? '').replaceAll('|', '\\|');

/** Writes a full run as the page the README quotes. */
export function write(path: string, { command, browser, machine, outcomes }: Run): void {
  const sections = outcomes.map(({ scenario, figures, load }) => [
    `## ${scenario.name}`,
    '',
    `${scenario.about} Load while measured: ${load}.`,
    '',
    '| what | measured | target | | beside it, in the same run |',
    '|---|---|---|---|---|',
    ...figures.map((one) => `| ${cell(one.what)} | ${cell(one.value)} | ${cell(one.target)} | ${mark(one)} | ${cell(one.beside)} |`),
    '',
    ...(scenario.note === undefined ? [] : [scenario.note, '']),
  ]);
  const head = [
    '# Figures',
    '',
    `Printed by \`${command}\` on ${machine.date} UTC: ${machine.processor}; ${machine.node}; ${browser}. Load average at the start: ${machine.load}.`,
    '',
    'Times are this machine\'s; ratios, counts and bytes are gates and hold anywhere (`npm test` runs them as `pnpm bench --quick`, with 10,000 items in place of 100,000). "met" and "missed" speak of this run.',
    '',
  ];
  writeFileSync(path, [...head, ...sections.flat()].join('\n'));
}

/** The machine's load now, for a scenario's line. */
export const loadNow = (): string => describeMachine().load.split(' ')[0] ?? '';
