// Programs of the system that some suites need. Each suite is a Vitest project of its own; `npm test` runs those whose program
// is there and says loudly which were not run. CACAW_SYSTEM=1 lets it install what is missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program, the Debian package it comes from, and the Vitest project that needs it. */
export interface SystemPart {
  readonly program: string;
  readonly package: string;
  readonly suite: string;
}

/** Everything a suite may need beside Node. */
export const systemParts: readonly SystemPart[] = [
  { program: 'redis-server', package: 'redis-server', suite: 'redis' },
  { program: 'clamd', package: 'clamav-daemon', suite: 'clamd' },
  { program: 'nginx', package: 'nginx', suite: 'nginx' },
];

/** True when the part is there, or was just installed because CACAW_SYSTEM=1 allows it. */
export function findSystemPart(part: SystemPart, log: (text: string) => void): boolean {
  if (isInstalled(part)) return true;
  if (process.env['CACAW_SYSTEM'] !== '1') return false;
  log(`[cacaw] system: installing ${part.package} by apt (CACAW_SYSTEM=1)`);
  install(part);
  return isInstalled(part);
}

function isInstalled({ program }: SystemPart): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Nothing is started by the installation: every suite runs its own server and ends it. */
function install(part: SystemPart): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: environment }).status === 0;
  const wanted = ['install', '-y', '--no-install-recommends', part.package];
  if (!apt(...wanted)) {
    apt('update');
    apt(...wanted);
  }
}
