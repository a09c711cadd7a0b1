import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = candidates.find((path) => path !== undefined && existsSync(path));

/** The journeys run against the built app on a real relay and a real PostgreSQL, one of each per Playwright worker. */
export default defineConfig({
  testDir: 'journeys',
  outputDir: '../../test-results/journeys',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        // An address that is not this machine's own, and so not secure over http.
        '--host-resolver-rules=MAP cacaw.test 127.0.0.1',
        // A camera that films a clock, allowed without asking.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
