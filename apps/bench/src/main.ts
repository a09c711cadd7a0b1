// `pnpm bench [scenario…] [--quick]`: measures what the promises cost, beside what this machine can do at best, and fails when a
// ratio, a count or a size is not what it must be.
import { resolve } from 'node:path';
import { openLab, type Lab } from './lab/lab.ts';
import { describeMachine } from './machine.ts';
import { broken, loadNow, print, write, type Outcome } from './report.ts';
import type { Scenario } from './scenario.ts';
import { cpu } from './scenarios/cpu.ts';
import { cutOff } from './scenarios/cut-off.ts';
import { detection } from './scenarios/detection.ts';
import { edit } from './scenarios/edit.ts';
import { exporting } from './scenarios/export.ts';
import { firstSync } from './scenarios/first-sync.ts';
import { lessons } from './scenarios/lessons.ts';
import { ocr } from './scenarios/ocr.ts';
import { open } from './scenarios/open.ts';
import { photos } from './scenarios/photos.ts';
import { reconnect } from './scenarios/reconnect.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { search } from './scenarios/search.ts';
import { signIn } from './scenarios/sign-in.ts';
import { takePhoto } from './scenarios/take-photo.ts';
import { wire } from './scenarios/wire.ts';

const scenarios: readonly Scenario[] = [
  open,
  edit,
  search,
  roundTrip,
  wire,
  firstSync,
  reconnect,
  cpu,
  signIn,
  cutOff,
  exporting,
  takePhoto,
  photos,
  lessons,
  detection,
  ocr,
];
const page = resolve(import.meta.dirname, '../../../docs/figures.md');

const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !scenarios.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const log = (text: string): void => console.log(`[bench] ${(performance.now() / 1000).toFixed(1)} s  ${text}`);

async function measure(scenario: Scenario, lab: Lab): Promise<Outcome> {
  const startedAt = performance.now();
  const end = (): Pick<Outcome, 'scenario' | 'seconds' | 'load'> => ({
    scenario,
    seconds: (performance.now() - startedAt) / 1000,
    load: loadNow(),
  });
  try {
    return { figures: await scenario.run(lab), ...end() };
  } catch (error) {
    return { figures: [], failure: error instanceof Error ? error : new Error(`${scenario.name} failed`, { cause: error }), ...end() };
  }
}

async function main(): Promise<number> {
  const machine = describeMachine();
  const command = ['pnpm bench', ...args].join(' ');
  console.log(`${command}\n${machine.processor}\n${machine.node}\n${machine.date} UTC, load ${machine.load}`);
  await using lab = await openLab({ isQuick, log });
  // An interrupted run leaves no database, relay or profile behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void Promise.resolve(lab[Symbol.asyncDispose]()).finally(() => process.exit(130)));
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    log(scenario.name);
    const outcome = await measure(scenario, lab);
    print(outcome);
    outcomes.push(outcome);
  }
  if (!isQuick && wanted.length === 0) write(page, { command, browser: lab.browser, machine, outcomes });
  const faults = broken(outcomes);
  for (const fault of faults) console.error(`\nnot held: ${fault}`);
  console.log(
    `\n${outcomes.length} scenarios, ${faults.length === 0 ? 'every gate holds' : `${faults.length} gates do not hold`} (${(performance.now() / 1000).toFixed(0)} s)`,
  );
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
