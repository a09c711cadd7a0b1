import { playwright } from '@vitest/browser-playwright';
import { defineProject } from 'vitest/config';
import { holePlugin } from './scripts/hole-plugin.ts';
import { browserArgs, findBrowser } from './scripts/browser.ts';

const source = { resolve: { conditions: ['@cacaw/source'] }, ssr: { resolve: { conditions: ['@cacaw/source'] } } };
const needy = ['**/node_modules/**', '**/dist/**', '**/*.{sim,pg,redis,clamd,nginx,browser,start}.test.ts'];
const chromium = playwright({ launchOptions: { executablePath: await findBrowser(), args: [...browserArgs] } });

/** The suffix of a test file says what it needs; each need is one project. */
export default [
  defineProject({
    ...source,
    test: {
      name: 'unit',
      include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'scripts/**/*.test.ts'],
      exclude: [...needy, 'packages/svelte/**'],
      testTimeout: 60_000,
      setupFiles: ['scripts/property-seed.ts'],
    },
  }),
  'packages/svelte',
  defineProject({ ...source, test: { name: 'sim', include: ['packages/**/*.sim.test.ts'], testTimeout: 600_000 } }),
  defineProject({
    ...source,
    plugins: holePlugin(),
    test: { name: 'pg', include: ['packages/**/*.pg.test.ts'], testTimeout: 120_000, globalSetup: ['scripts/postgres-for-tests.ts'] },
  }),
  // Needs a part of the system, see scripts/system-parts.ts.
  defineProject({ ...source, test: { name: 'redis', include: ['packages/**/*.redis.test.ts'], testTimeout: 60_000 } }),
  defineProject({
    ...source,
    test: { name: 'clamd', include: ['packages/**/*.clamd.test.ts'], testTimeout: 60_000, globalSetup: ['scripts/postgres-for-tests.ts'] },
  }),
  defineProject({
    ...source,
    test: { name: 'nginx', include: ['packages/**/*.nginx.test.ts'], testTimeout: 60_000, globalSetup: ['scripts/postgres-for-tests.ts'] },
  }),
  defineProject({
    ...source,
    test: { name: 'start', include: ['scripts/**/*.start.test.ts'], testTimeout: 300_000, fileParallelism: false },
  }),
  defineProject({
    resolve: { conditions: ['@cacaw/source', 'module', 'browser', 'development|production'] },
    // Found before the first test: a dependency found later reloads the page in the middle of one.
    optimizeDeps: { entries: ['packages/**/*.browser.test.ts', 'packages/client/test/*-worker.ts'] },
    test: {
      name: 'browser',
      include: ['packages/**/*.browser.test.ts'],
      testTimeout: 60_000,
      browser: { enabled: true, headless: true, screenshotFailures: false, provider: chromium, instances: [{ browser: 'chromium' }] },
    },
  }),
];
