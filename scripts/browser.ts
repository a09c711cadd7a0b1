// Finds the Chromium that browser tests run in: CHROMIUM_PATH, the system's, or the one shipped in npm (installed on first use).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(import.meta.dirname, 'browser');
const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Launch arguments every browser test uses; without the network flags Chromium looks up its maker's hosts at each start. */
export const browserArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium that starts on this machine. */
export async function findBrowser(): Promise<string> {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const system = systemPaths.find((path) => existsSync(path));
  return system ?? (await shippedBrowser());
}

async function shippedBrowser(): Promise<string> {
  if (!existsSync(join(folder, 'node_modules'))) {
    console.log('[cacaw] browser: no system Chromium, installing the one shipped in npm (first run only)');
    const result = spawnSync('pnpm', ['install', '--ignore-workspace', '--frozen-lockfile', '--dir', folder], { stdio: 'inherit' });
    if (result.status !== 0) throw new Error('No Chromium: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.');
  }
  // The package then brings its own nss and nspr, so that it also starts on a bare machine.
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x';
  const entry = createRequire(join(folder, 'package.json')).resolve('@sparticuz/chromium');
  const chromium = (await import(pathToFileURL(entry).href)) as { default: { executablePath(): Promise<string> } };
  return chromium.default.executablePath();
}
