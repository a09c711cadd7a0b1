// Fails when the lockfile holds a version below a floor of docs/threat-model.md, a package that must never be there, or when the
// table names a rule that no SPEC.md states.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const problems: string[] = [];

interface Row {
  readonly advisory: string;
  readonly name: string;
  /** A version, or `never`. */
  readonly floor: string;
}

/** Rows of the table whose second column is a package. */
function rowsOf(page: string): readonly Row[] {
  const [, table = ''] = page.split('| advisory | package | floor |');
  return table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, advisory = '', name = '', floor = '']) => ({ advisory, name, floor }));
}

/** Every version of every package in the lockfile. */
function versionsIn(lockfile: string): ReadonlyMap<string, readonly string[]> {
  const [, packages = ''] = lockfile.split(/^packages:$/m);
  const [section = ''] = packages.split(/^snapshots:$/m);
  const found = [...section.matchAll(/^ {2}'?((?:@[^@/]+\/)?[^@'\s]+)@([^:'(]+)/gm)];
  const versions = Map.groupBy(found, ([, name = '']) => name);
  return new Map([...versions].map(([name, all]) => [name, all.map(([, , version = '']) => version)]));
}

const numbersOf = (version: string): readonly number[] => (version.split('-', 1)[0] ?? '').split('.').map(Number);

function isBelow(version: string, floor: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(floor)];
  const at = right.findIndex((number, index) => number !== left[index]);
  // A pre-release of the floor comes before it.
  return at === -1 ? version.includes('-') : (left[at] ?? 0) < (right[at] ?? 0);
}

const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
const rows = rowsOf(page);
const versions = versionsIn(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
if (rows.length < 10 || versions.size < 100)
  problems.push(`Read ${rows.length} advisories and ${versions.size} packages: a format changed.`);

for (const { advisory, name, floor } of rows) {
  const found = versions.get(name) ?? [];
  if (floor === 'never') {
    if (found.length > 0) problems.push(`${name} ${found.join(', ')} must not be there (${advisory})`);
    continue;
  }
  if (!/^\d+\.\d+\.\d+$/.test(floor)) problems.push(`${name}: "${floor}" is no version`);
  if (found.length === 0) problems.push(`${name} is in no lockfile: remove its row`);
  for (const version of found.filter((one) => isBelow(one, floor)))
    problems.push(`${name} ${version} is below ${floor} (${advisory}): update it`);
}

const specs = globSync(['packages/*/SPEC.md', 'apps/*/SPEC.md', 'docs/SPEC.md'], { cwd: root });
const stated = new Set(
  specs.flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id = '']) => id)),
);
for (const [id] of page.matchAll(/\b[A-Z]\d{1,2}\b/g))
  if (!stated.has(id)) problems.push(`docs/threat-model.md names rule ${id}, which no SPEC.md states`);

for (const problem of problems) console.error(problem);
console.log(`${rows.length} advisories, ${versions.size} packages, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
