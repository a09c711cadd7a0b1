// Fails when the app's first load, or the service worker, grows past its budget (gzip).
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = resolve(import.meta.dirname, '../..');
const build = join(root, 'apps/web/build');
const firstLoadLimit = 150 * 1024;
const serviceWorkerLimit = 5 * 1024;

if (!existsSync(build)) {
  console.error('apps/web is not built: run pnpm --filter @cacaw/web build');
  process.exit(1);
}

const sizeOf = (path: string): number => gzipSync(readFileSync(path)).length;
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** What the page asks for at once: the scripts it names and everything they import statically. */
function firstLoad(): Set<string> {
  const html = readFileSync(join(build, '200.html'), 'utf8');
  const found = new Set<string>();
  const queue = [...html.matchAll(/(?:href|src|import\()=?["'(]+\.?(\/[^"']+\.js)["']/g)].map(([, path = '']) => join(build, path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path) || !existsSync(path)) continue;
    found.add(path);
    const code = readFileSync(path, 'utf8');
    for (const [, specifier = ''] of code.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;'"()]*?["'](\.[^"']+\.js)["']/g))
      queue.push(normalize(join(dirname(path), specifier)));
  }
  return found;
}

/** The worker that holds the engine starts with the first screen, so it counts. */
const workers = globSync('_app/immutable/workers/**/*.js', { cwd: build }).map((path) => join(build, path));
const scripts = [...firstLoad()];
const page = scripts.reduce((sum, path) => sum + sizeOf(path), 0);
const serviceWorker = sizeOf(join(build, 'service-worker.js'));
const engine = workers.filter((path) => path.includes('/worker-')).reduce((sum, path) => sum + sizeOf(path), 0);

console.log(
  `first load ${kib(page + engine)} (page ${kib(page)} in ${scripts.length} files, engine worker ${kib(engine)}) of ${kib(firstLoadLimit)}`,
);
console.log(`service worker ${kib(serviceWorker)} of ${kib(serviceWorkerLimit)}`);
if (scripts.length === 0) console.error('No first-load script was found: the build changed its shape and this check is blind.');
process.exit(scripts.length > 0 && page + engine <= firstLoadLimit && serviceWorker <= serviceWorkerLimit ? 0 : 1);
