// Fails when a rule in a SPEC.md has no test quoting it, or a test title quotes no rule.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const rulePattern = /^- \*\*([A-Z]+\d+)\*\*/gm;
const titlePattern = /\b(?:it|test)(?:\.\w+)*(?:\([^'"`]*?\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
const idsPattern = /^((?:\[[A-Z]+\d+\]\s*)+)/;
const problems: string[] = [];
const rules = new Map<string, string>();
const quoted = new Set<string>();

for (const path of globSync(['packages/*/SPEC.md', 'apps/*/SPEC.md', 'docs/SPEC.md'], { cwd: root })) {
  for (const [, id = ''] of readFileSync(join(root, path), 'utf8').matchAll(rulePattern)) {
    if (rules.has(id)) problems.push(`${path}: rule ${id} also stands in ${rules.get(id)}`);
    rules.set(id, path);
  }
}

const tests = globSync(
  [
    'packages/*/{src,test}/**/*.{test,contract}.ts',
    'packages/relay/src/contracts/*.ts',
    'apps/*/**/*.{test,spec}.ts',
    'scripts/**/*.test.ts',
  ],
  {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  },
);
for (const path of tests) {
  const titles = [...readFileSync(join(root, path), 'utf8').matchAll(titlePattern)].map(([, , title = '']) => title);
  for (const title of titles) checkTitle(path, title);
}

function checkTitle(path: string, title: string): void {
  const ids = [...(idsPattern.exec(title)?.[1] ?? '').matchAll(/[A-Z]+\d+/g)].map(([id]) => id);
  if (ids.length === 0) problems.push(`${path}: "${title}" quotes no rule`);
  for (const id of ids) quoted.add(id);
  for (const id of ids.filter((one) => !rules.has(one))) problems.push(`${path}: "${title}" quotes ${id}, which no SPEC.md states`);
}

for (const [id, path] of rules) if (!quoted.has(id)) problems.push(`${path}: rule ${id} has no test`);

for (const problem of problems) console.error(problem);
console.log(`${rules.size} rules, ${tests.length} test files, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
