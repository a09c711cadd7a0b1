// `pnpm check`: everything that says yes or no without a database or a browser, in one table.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Counts } from './test-report.ts';

const root = resolve(import.meta.dirname, '..');
const source = '--conditions=@cacaw/source';
const packages = ['protocol', 'core', 'detectors', 'client', 'svelte', 'relay', 'testkit'];
const published = ['protocol', 'core', 'detectors', 'client', 'svelte', 'relay', 'testkit'];

/** Name, command. A step passes when its command exits 0. */
const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  // First, because it also writes the types and the configuration that the app's other checks read.
  ['app build', ['node', source, 'scripts/build-web.ts']],
  ['format', ['oxfmt', '--check', '.']],
  ['lint and floors', ['oxlint', '--type-aware', '.']],
  ...packages.map((name) => [`types ${name}`, ['tsc', '-p', `packages/${name}/tsconfig.json`]] as const),
  ['types scripts', ['tsc', '-p', 'scripts/tsconfig.json']],
  ['types bench', ['tsc', '-p', 'apps/bench/tsconfig.json']],
  ['types web', ['pnpm', '--filter', '@cacaw/web', 'types']],
  ['build', ['pnpm', '--filter', './packages/*', 'build']],
  ...published.map((name) => [`package ${name}`, ['publint', 'run', '--strict', `packages/${name}`]] as const),
  ['unused code', ['knip']],
  ['rules and tests', ['node', source, 'scripts/checks/spec-ids.ts']],
  ['advisories and floors', ['node', source, 'scripts/checks/advisories.ts']],
  ['document examples', ['node', 'scripts/checks/doc-fences.ts']],
  ['sizes', ['node', 'scripts/checks/sizes.ts']],
];

/** Runs every step, prints a line each and the output of those that failed. */
export function check(): Counts {
  const failures: string[] = [];
  for (const [name, [program = '', ...args]] of steps) {
    const startedAt = performance.now();
    const result = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    const isGood = result.status === 0;
    if (!isGood) failures.push(name);
    console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    if (!isGood) console.log(`${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`);
  }
  return { passed: steps.length - failures.length, failed: failures.length, failures };
}

if (import.meta.main) {
  const { passed, failed } = check();
  console.log(`check: ${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
