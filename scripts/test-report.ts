import { existsSync, readFileSync } from 'node:fs';

/** What a suite came to. `failures` names each failed test with the first line of why, fit to be read at the end of a long log. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly failures?: readonly string[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** The outcome of one vitest run by its JSON report; a run that could not even start, or that broke outside a test, is one failure. */
export function readVitestReport(file: string, status: number): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, failures: ['vitest wrote no report'] };
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  if (report.numTotalTests === 0) throw new Error(`No test ran: ${file} names none.`);
  const failures = report.testResults.flatMap(({ name, status: outcome, message = '', assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0 && outcome === 'failed') return [`${name}: ${firstLine(message)}`];
    return failed.map((one) => `${name} › ${one.fullName}: ${firstLine(one.failureMessages?.[0] ?? '')}`);
  });
  const isBroken = status !== 0 && report.numFailedTests === 0;
  return { passed: report.numPassedTests, failed: isBroken ? 1 : report.numFailedTests, failures };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly ok: boolean;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number };
  readonly suites: readonly PlaywrightSuite[];
}

/** The outcome of one Playwright run by its JSON report; a flaky test is a failed one. */
export function readPlaywrightReport(file: string, status: number): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, failures: ['playwright wrote no report'] };
  const { stats, suites } = JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport;
  const failed = stats.unexpected + stats.flaky;
  return { passed: stats.expected, failed: status !== 0 && failed === 0 ? 1 : failed, failures: suites.flatMap(failedSpecs) };
}

function failedSpecs({ suites = [], specs = [] }: PlaywrightSuite): readonly string[] {
  const own = specs
    .filter(({ tests }) => tests.some((one) => one.status === 'unexpected' || one.status === 'flaky'))
    .map(({ file, title, tests }) => {
      const messages = tests.flatMap((one) => one.results.flatMap(({ error }) => error?.message ?? []));
      return `${file} › ${title}: ${firstLine(messages[0] ?? '')}`;
    });
  return [...own, ...suites.flatMap(failedSpecs)];
}

/** Colours of the reporters. */
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const firstLine = (message: string): string => message.replaceAll(colour, '').trim().split('\n')[0] ?? '';
