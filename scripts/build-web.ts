import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const sources = ['apps/web', 'packages/core', 'packages/protocol', 'packages/detectors', 'packages/client', 'packages/svelte'];
const ignored = new Set(['node_modules', 'build', 'dist', '.svelte-kit', 'journeys', 'test-results']);

/** Builds the app when any of its sources changed since the last build; returns the folder to serve. */
export async function buildWeb(root: string, log: (text: string) => void): Promise<string> {
  const build = join(root, 'apps/web/build');
  const stamp = join(build, '.stamp');
  const fingerprint = fingerprintOf(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) {
    log('app: built before');
    return build;
  }
  log('app: building (first run, or its sources changed)');
  const result = spawnSync('pnpm', ['--filter', '@cacaw/web', 'build'], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`The app could not be built:\n${result.stdout}\n${result.stderr}`);
  writeFileSync(stamp, fingerprint);
  log('app: built');
  return build;
}

/** Names, sizes and change times: reading 500 stats costs 10 ms, reading all contents would cost the second start its budget. */
function fingerprintOf(root: string): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')));
  for (const source of sources) {
    for (const path of filesBelow(join(root, source))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !ignored.has(entry.name) && !entry.name.endsWith('.test.ts'))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

if (import.meta.main) await buildWeb(join(import.meta.dirname, '..'), console.log);
