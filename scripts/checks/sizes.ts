// Fails when the first load of the start screen or of a collection, or the service worker, grows past its budget (gzip).
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = resolve(import.meta.dirname, '../..');
const build = join(root, 'apps/web/build');
const firstLoadLimit = 150 * 1024;
const wholeLimit = 175 * 1024;
const serviceWorkerLimit = 5 * 1024;

if (!existsSync(build)) {
  console.error('apps/web is not built: run pnpm --filter @cacaw/web build');
  process.exit(1);
}

const sizeOf = (path: string): number => gzipSync(readFileSync(path)).length;
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** These scripts and everything they import statically, which a browser asks for together. */
function withImports(scripts: readonly string[]): Set<string> {
  const found = new Set<string>();
  const queue = [...scripts];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path) || !existsSync(path)) continue;
    found.add(path);
    const code = readFileSync(path, 'utf8');
    for (const [, specifier = ''] of code.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;'"()]*?["'](\.[^"']+\.js)["']/g))
      queue.push(normalize(join(dirname(path), specifier)));
  }
  return found;
}

const built = (pattern: string): string[] => globSync(`_app/immutable/${pattern}`, { cwd: build }).map((path) => join(build, path));
const sum = (scripts: Iterable<string>): number => [...scripts].reduce((total, path) => total + sizeOf(path), 0);

/** The numbers of the layouts and the page a route is made of, from the built routing table. */
function nodesOf(route: string): string[] {
  const table = built('entry/app.*.js').map((path) => readFileSync(path, 'utf8'));
  const entry = new RegExp(`["'\`]${route.replaceAll(/[[\]]/g, '\\$&')}["'\`]:\\[(\\d+)(?:,\\[([\\d,]*)\\])?`).exec(table.join());
  return entry ? ['0', entry[1] ?? '', ...(entry[2] ?? '').split(',').filter(Boolean)] : [];
}

const html = readFileSync(join(build, '200.html'), 'utf8');
const named = [...html.matchAll(/(?:href|src|import\()=?["'(]+\.?(\/[^"']+\.js)["']/g)].map(([, path = '']) => join(build, path));
/** The worker that reads the device starts with the first screen, so it counts; what only writes and syncs follows it. */
const reading = withImports(built('workers/worker-*.js'));
const later = built('workers/chunks/*.js').filter((path) => !reading.has(path));
/** The office is by far the largest; what is smaller and not part of it waits until somebody opens a share dialog. */
const office = later.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, 1);
const writing = sum([...withImports(office)].filter((path) => !reading.has(path)));
const serviceWorker = sizeOf(join(build, 'service-worker.js'));
let isWithin = serviceWorker <= serviceWorkerLimit;

for (const route of ['/', '/c/[id]']) {
  const nodes = nodesOf(route).flatMap((node) => built(`nodes/${node}.*.js`));
  const page = withImports([...named, ...nodes]);
  const first = sum(page) + sum(reading);
  console.log(
    `${route} first load ${kib(first)} of ${kib(firstLoadLimit)} (page ${kib(sum(page))} in ${page.size} files, engine ${kib(sum(reading))}), ` +
      `with the writing half that follows ${kib(first + writing)} of ${kib(wholeLimit)}`,
  );
  if (named.length === 0 || nodes.length === 0)
    console.error(`No script of ${route} was found: the build changed its shape, this check is blind.`);
  isWithin &&= named.length > 0 && nodes.length > 0 && first <= firstLoadLimit && first + writing <= wholeLimit;
}
console.log(`service worker ${kib(serviceWorker)} of ${kib(serviceWorkerLimit)}`);
process.exit(isWithin ? 0 : 1);
