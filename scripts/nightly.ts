// `pnpm nightly`: the long runs that do not fit into `npm test`, at full counts. Writes docs/nightly.md with what came out.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const reportFile = join(root, 'docs/nightly.md');

interface Run {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: { readonly [name: string]: string };
  /** Lines of the output worth keeping. */
  readonly keep: RegExp;
}

const vitest = (project: string, file: string): readonly string[] => ['vitest', 'run', '--project', project, file, '--reporter=verbose'];

const runs: readonly Run[] = [
  {
    name: 'Simulator in memory, 2,000 seeds',
    command: vitest('sim', 'packages/testkit/test/simulator.sim.test.ts'),
    environment: { CACAW_SEEDS: '2000', CACAW_SEED: '1' },
    keep: /^sums|^ {2}['a-z].*\d,?$|^ {2}\w+: \d+|✓|×|Broken|seed \d+: (device|not calm|kept)/,
  },
  {
    name: 'Simulator on PostgreSQL, 100 seeds',
    command: vitest('pg', 'packages/testkit/test/simulator.pg.test.ts'),
    environment: { CACAW_SEEDS: '100', CACAW_SEED: '1001' },
    keep: /seeds on PostgreSQL|✓|×|Broken/,
  },
  { name: 'Planted bugs', command: vitest('sim', 'packages/testkit/test/planted.sim.test.ts'), keep: /found by seed|✓|×/ },
  {
    name: 'SIGKILL of the relay, three more seeds',
    command: vitest('pg', 'packages/testkit/test/kill.pg.test.ts'),
    environment: { CACAW_SEED: '7' },
    keep: /killed|✓|×/,
  },
  {
    name: '200 photos of 2,048 pixels, ten kills of the relay, twenty cuts of the network',
    command: vitest('pg', 'packages/testkit/test/photos.pg.test.ts'),
    environment: { CACAW_PHOTO_SIDE: '2048' },
    keep: /✓|×|Not within/,
  },
  {
    name: 'Guard fuzz, 150,000 cases a lane',
    command: vitest('unit', 'packages/protocol/src/guard'),
    environment: { FUZZ_CASES: '150000' },
    keep: /✓|×/,
  },
  {
    name: 'First sync of 100,000 items at 50 KB/s with a cut every 10 s',
    command: vitest('sim', 'packages/testkit/test/slow-first-sync.sim.test.ts'),
    environment: { CACAW_ITEMS: '100000' },
    keep: /items over|✓|×/,
  },
  {
    name: 'Properties and unit tests under a fresh seed',
    command: ['vitest', 'run', '--project', 'unit', '--reporter=default'],
    environment: { CACAW_PROPERTY_SEED: String(Date.now() % 1_000_000_000) },
    keep: /Tests|×|Counterexample|seed:/,
  },
  {
    name: 'Defences switched off one by one',
    command: ['node', '--conditions=@cacaw/source', 'scripts/switch-off.ts'],
    keep: /proven|PROVEN|\(defence/,
  },
  {
    name: 'Every hostile body at every door',
    command: vitest('pg', 'packages/relay/test/hostile'),
    environment: { CACAW_HOSTILE: 'full' },
    keep: /✓|×/,
  },
  {
    name: 'Every hostile file, tables of 100,000 rows',
    command: vitest('unit', 'packages/core/src/transfer/hostile.test.ts'),
    environment: { CACAW_HOSTILE: 'full', CACAW_PROPERTY_SEED: String(Date.now() % 1_000_000_000) },
    keep: /✓|×/,
  },
  { name: 'Figures', command: ['node', '--conditions=@cacaw/source', 'apps/bench/src/main.ts'], keep: /\S/ },
];

/** A seed that found a bug prints the state of every device. */
const longestLine = 240;

/** Colours and cursor movements of the reporters. */
const control = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

function report({ name, command: [program = '', ...args], environment = {}, keep }: Run): {
  readonly text: string;
  readonly isGood: boolean;
} {
  console.log(`=== ${name}`);
  const startedAt = performance.now();
  const result = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const lines = `${result.error?.message ?? ''}\n${result.stdout ?? ''}${result.stderr ?? ''}`
    .replaceAll(control, '')
    .split('\n')
    .filter((line) => line === result.error?.message || keep.test(line.trimEnd()))
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line));
  const isGood = result.status === 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const outcome = `${isGood ? 'passed' : 'FAILED'} after ${seconds} s on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores`;
  console.log(`${outcome}\n${lines.slice(-20).join('\n')}`);
  const set = Object.entries(environment).map(([key, value]) => `${key}=${value} `);
  return {
    isGood,
    text: `## ${name}: ${outcome}\n\n\`${set.join('')}pnpm exec ${[program, ...args].join(' ')}\`\n\n\`\`\`\n${lines.slice(-40).join('\n')}\n\`\`\`\n`,
  };
}

/** Sections of the last report by the name of their run: a run not chosen today keeps its last outcome and date. */
function lastSections(): Map<string, string> {
  const text = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : '';
  const sections = text.split(/^(?=## )/m).slice(1);
  return new Map(runs.map(({ name }) => [name, sections.find((one) => one.startsWith(`## ${name}:`))?.trimEnd() ?? `## ${name}: not run`]));
}

const [wanted] = process.argv.slice(2);
const sections = lastSections();
let isGood = true;
for (const run of runs.filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase()))) {
  const { text, isGood: isThisGood } = report(run);
  isGood &&= isThisGood;
  sections.set(run.name, text.trimEnd());
  // Written after every run: a night that is cut short leaves what it had.
  writeFileSync(reportFile, `${['# Last nightly runs\n\nMade by `pnpm nightly`.', ...sections.values()].join('\n\n')}\n`);
}
process.exit(isGood ? 0 : 1);
