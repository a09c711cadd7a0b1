// Switches the relay's defences off one by one and wants every test that names the defence to fail. Arguments choose some of them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { holes } from '../packages/relay/test/hostile/holes.ts';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cacaw-holes-'));

interface Outcome {
  readonly red: number;
  readonly green: readonly string[];
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly title: string }[] }[];
}

function withoutDefence(defence: string): Outcome {
  const file = join(folder, 'report.json');
  rmSync(file, { force: true });
  spawnSync(
    'vitest',
    [
      'run',
      '--project',
      'pg',
      'packages/relay/test/hostile',
      '-t',
      `defence: ${defence}\\)`,
      '--no-fsModuleCache',
      '--reporter=json',
      `--outputFile=${file}`,
    ],
    { cwd: root, env: { ...process.env, CACAW_HOLE: defence }, stdio: 'ignore' },
  );
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    red: tests.filter(({ status }) => status === 'failed').length,
    green: tests.filter(({ status }) => status === 'passed').map(({ title }) => title),
  };
}

const wanted = process.argv.slice(2);
let isGood = true;
for (const { defence } of holes.filter((hole) => wanted.length === 0 || wanted.includes(hole.defence))) {
  const { red, green } = withoutDefence(defence);
  const isProven = red > 0 && green.length === 0;
  isGood &&= isProven;
  console.log(`${isProven ? 'proven' : 'NOT PROVEN'}: without "${defence}" ${red} tests fail, ${green.length} do not notice`);
  for (const title of green) console.log(`  ${title}`);
}
rmSync(folder, { recursive: true });
process.exit(isGood ? 0 : 1);
