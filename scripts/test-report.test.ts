import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './test-report.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'cacaw-report-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(report: object): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return file;
}

const red = (text: string): string => `\u{1B}[31m${text}\u{1B}[39m`;

test('[N8] a failed unit test is named with the first line of why', () => {
  const file = fileOf({
    numPassedTests: 4,
    numFailedTests: 1,
    numTotalTests: 5,
    testResults: [
      {
        name: 'log.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { fullName: 'log › [R1] keeps its order', status: 'failed', failureMessages: [`${red('AssertionError')}: 1 is 2\n  at …`] },
          { fullName: 'log › [R2] is read', status: 'passed', failureMessages: [] },
        ],
      },
    ],
  });
  expect(readVitestReport(file, 1)).toEqual({
    passed: 4,
    failed: 1,
    failures: ['log.test.ts › log › [R1] keeps its order: AssertionError: 1 is 2'],
  });
});

test('[N8] a file that could not be run, and a run that broke outside its tests, are failures', () => {
  const broken = { name: 'log.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
  const file = fileOf({ numPassedTests: 4, numFailedTests: 0, numTotalTests: 4, testResults: [broken] });
  expect(readVitestReport(file, 1)).toEqual({ passed: 4, failed: 1, failures: ['log.test.ts: no such module'] });
  expect(readVitestReport(join(folder, 'none.json'), 1).failed).toBe(1);
  expect(() => readVitestReport(fileOf({ numPassedTests: 0, numFailedTests: 0, numTotalTests: 0, testResults: [] }), 0)).toThrow(
    'No test ran',
  );
});

test('[N8] a failed or flaky journey is named with the first line of why', () => {
  const spec = (title: string, status: string): object => ({
    title,
    file: 'notes.journey.ts',
    ok: status !== 'unexpected',
    tests: [{ status, results: [{ error: { message: `${red('Error')}: ${title}\n\nmore` } }, {}] }],
  });
  const file = fileOf({
    stats: { expected: 7, unexpected: 1, flaky: 1 },
    suites: [
      { specs: [spec('[J1] lost', 'unexpected')], suites: [{ specs: [spec('[J2] shaky', 'flaky'), spec('[J3] good', 'expected')] }] },
    ],
  });
  expect(readPlaywrightReport(file, 1)).toEqual({
    passed: 7,
    failed: 2,
    failures: ['notes.journey.ts › [J1] lost: Error: [J1] lost', 'notes.journey.ts › [J2] shaky: Error: [J2] shaky'],
  });
});
