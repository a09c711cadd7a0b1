// `npm test`: every suite, one after the other, each with its counts; ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findBrowser } from './browser.ts';
import { buildWeb } from './build-web.ts';
import { check } from './check.ts';
import { findSystemPart, systemParts, type SystemPart } from './system-parts.ts';
import { readPlaywrightReport, readVitestReport, type Counts } from './test-report.ts';

const root = resolve(import.meta.dirname, '..');
const results = join(root, 'test-results');
const source = '--conditions=@cacaw/source';
const lines: string[] = [];
const failures: string[] = [];
const notRun: SystemPart[] = [];
const total = { passed: 0, failed: 0 };

function record(name: string, startedAt: number, counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  failures.push(...(counts.failures ?? []).map((one) => `✘ ${name}: ${one}`));
  lines.push(
    `${name.padEnd(28)} ${counts.passed} passed, ${counts.failed} failed (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`,
  );
}

async function stage(name: string, run: () => Promise<Counts> | Counts): Promise<void> {
  const startedAt = performance.now();
  console.log(`\n=== ${name}`);
  try {
    record(name, startedAt, await run());
  } catch (error) {
    console.error(error);
    record(name, startedAt, { passed: 0, failed: 1, failures: [String(error)] });
  }
}

function run(program: string, args: readonly string[], environment: { readonly [name: string]: string } = {}): number {
  return (
    spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } }).status ?? 1
  );
}

function vitest(...projects: readonly string[]): Counts {
  const report = join(results, `vitest-${projects.join('-')}.json`);
  const status = run('vitest', [
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return readVitestReport(report, status);
}

function playwright(): Counts {
  const report = join(results, 'playwright.json');
  const status = run('playwright', ['test', '--config', 'apps/web/playwright.config.ts', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return readPlaywrightReport(report, status);
}

function script(...args: readonly string[]): Counts {
  return run('node', [source, ...args]) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
process.env['CHROMIUM_PATH'] = await findBrowser();

await stage('check', check);
await stage('unit', () => vitest('unit', 'svelte'));
await stage('simulator', () => vitest('sim'));
await stage('PostgreSQL', () => vitest('pg'));
for (const part of systemParts) {
  if (findSystemPart(part, console.log)) await stage(part.suite, () => vitest(part.suite));
  else notRun.push(part);
}
await stage('browser', () => vitest('browser'));
await stage('app build', async () => {
  await buildWeb(root, console.log);
  return { passed: 1, failed: 0 };
});
await stage('start and stop', () => vitest('start'));
await stage('journeys', playwright);
await stage('figures', () => script('apps/bench/src/main.ts', '--quick'));

console.log(`\n${lines.join('\n')}\n`);
// Once more, where whoever reads only the end of the log finds them.
for (const failure of failures) console.log(failure);
for (const { suite, program, package: name } of notRun)
  console.log(`NOT RUN: the suite "${suite}", because ${program} is not installed. CACAW_SYSTEM=1 npm test installs ${name} by apt.\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
