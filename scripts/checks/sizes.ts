// Fails when the first load of the start screen or of a collection grows past its budget (gzip): the page, its worker with all that
// follows it by itself, and the service worker. What the browser really asks for is measured by journeys/first-load.spec.ts.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = resolve(import.meta.dirname, '../..');
const build = join(root, 'apps/web/build');
const firstLoadLimit = 150_000;
const serviceWorkerLimit = 4_000;

if (!existsSync(build)) {
  console.error('apps/web is not built: run pnpm --filter @cacaw/web build');
  process.exit(1);
}

/** As the relay sends it. */
const sizeOf = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length;
const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

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

/** The numbers of the layouts and the page a route is made of, from the built routing table; the page of errors comes with every other. */
function nodesOf(route: string): string[] {
  const table = built('entry/app.*.js').map((path) => readFileSync(path, 'utf8'));
  const entry = new RegExp(`["'\`]${route.replaceAll(/[[\]]/g, '\\$&')}["'\`]:\\[(\\d+)(?:,\\[([\\d,]*)\\])?`).exec(table.join());
  return entry ? ['0', '1', entry[1] ?? '', ...(entry[2] ?? '').split(',').filter(Boolean)] : [];
}

const html = readFileSync(join(build, '200.html'), 'utf8');
const named = [...html.matchAll(/(?:href|src|import\()=?["'(]+\.?(\/[^"']+\.js)["']/g)].map(([, path = '']) => join(build, path));
const workers = built('workers/{worker-*,chunks/*}.js');
/** These workers and the chunks they ask for while they run. */
const askedBy = (scripts: readonly string[]): string[] => [
  ...scripts,
  ...scripts.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bimport\(["'`](\.[^"'`]+\.js)["'`]\)/g)].map(([, name = '']) => join(dirname(path), name)),
  ),
];
/** Worker chunks that export one of these names. */
const exporting = (names: readonly string[]): string[] =>
  workers.filter((path) => new RegExp(` as (?:${names.join('|')})\\b`).test(readFileSync(path, 'utf8')));
/** The parts of the engine that wait for a person's deed, their first photo, a refusal or an insecure address. */
const deedNames = [
  'planCommand',
  'openSharing',
  'createChannelLocks',
  'digest',
  'readTray',
  'readOnlyHere',
  'openPhotoOffice',
  'fetchPhoto',
  'readPhotoSettings',
  'openLooks',
  'openDetection',
  'openOwnKeyDetector',
  'openOnDeviceDetector',
];
const deeds = exporting(deedNames);
/** Fetched by itself: the worker, and what leads. */
const atOnce = withImports([...built('workers/worker-*.js'), ...exporting(['openOffice'])]);
/** What only they need comes with them, as does what only the workers that import or make photos need; whatever else is built is counted. */
const later = withImports([...deeds, ...askedBy(built('workers/*.worker-*.js'))]);
const engine = sum(workers.filter((path) => atOnce.has(path) || !later.has(path)));
const serviceWorker = sizeOf(join(build, 'service-worker.js'));
let isWithin = serviceWorker <= serviceWorkerLimit;

if (deeds.length !== deedNames.length || workers.length < 7 || named.length === 0) {
  console.error('The scripts of the page or of its worker were not found: the build changed its shape, this check is blind.');
  isWithin = false;
}
for (const route of ['/', '/c/[id]']) {
  const nodes = nodesOf(route).flatMap((node) => built(`nodes/${node}.*.js`));
  if (nodes.length < 3) {
    console.error(`No script of ${route} was found: the build changed its shape, this check is blind.`);
    isWithin = false;
  }
  const page = withImports([...named, ...nodes]);
  const first = sum(page) + engine + serviceWorker;
  console.log(
    `${route} first load ${kb(first)} of ${kb(firstLoadLimit)}: ` +
      `page ${kb(sum(page))} in ${page.size} files, engine ${kb(engine)}, service worker ${kb(serviceWorker)}`,
  );
  if (first <= firstLoadLimit) continue;
  isWithin = false;
  const largest = [...page, ...workers].map((path) => ({ path, size: sizeOf(path) })).sort((a, b) => b.size - a.size);
  console.error(
    `${route} is ${kb(first - firstLoadLimit)} too large. Ship less, or fetch at the first sign of a person (apps/web/src/lib/app/first-sign.ts) ` +
      `what only their deeds need. The largest files:\n${largest
        .slice(0, 6)
        .map(({ path, size }) => `  ${kb(size)} ${path.slice(build.length)}`)
        .join('\n')}`,
  );
}
process.exit(isWithin ? 0 : 1);
