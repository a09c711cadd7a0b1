// `pnpm nightly`: the long runs that do not fit into `npm test`, at full counts. Writes docs/nightly.md with what came out.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

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
  { name: 'Figures', command: ['node', '--conditions=@cacaw/source', 'apps/bench/src/main.ts'], keep: /\S/ },
];

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
  const lines = `${result.stdout}${result.stderr}`
    .replaceAll(control, '')
    .split('\n')
    .filter((line) => keep.test(line.trimEnd()));
  const isGood = result.status === 0;
  const outcome = `${isGood ? 'passed' : 'FAILED'} after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
  console.log(`${outcome}\n${lines.slice(-20).join('\n')}`);
  const set = Object.entries(environment).map(([key, value]) => `${key}=${value} `);
  return {
    isGood,
    text: `## ${name}: ${outcome}\n\n\`${set.join('')}pnpm exec ${[program, ...args].join(' ')}\`\n\n\`\`\`\n${lines.slice(-40).join('\n')}\n\`\`\`\n`,
  };
}

const [wanted] = process.argv.slice(2);
const chosen = runs.filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase()));
const head = `# Last nightly run\n\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}. Made by \`pnpm nightly\`.\n`;
const reports: { readonly text: string; readonly isGood: boolean }[] = [];
for (const run of chosen) {
  reports.push(report(run));
  // Written after every run: a night that is cut short leaves what it had.
  const rest = runs.filter((other) => !chosen.slice(0, reports.length).includes(other)).map(({ name }) => `## ${name}: not run\n`);
  writeFileSync(join(root, 'docs/nightly.md'), [head, ...reports.map(({ text }) => text), ...rest].join('\n'));
}
process.exit(reports.every(({ isGood }) => isGood) ? 0 : 1);
