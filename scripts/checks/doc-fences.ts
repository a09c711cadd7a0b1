// Type-checks every ```ts fence of the documents, so that an example cannot rot.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'packages/testkit/.doc-fences');
const documents = globSync(['README.md', 'docs/**/*.md', 'packages/*/*.md'], {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
});
const fences = documents.flatMap((path) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => ({ path, code })),
);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [index, { path, code }] of fences.entries()) {
  writeFileSync(join(folder, `${index}-${path.replaceAll(/[^a-zA-Z0-9]+/g, '-').toLowerCase()}.ts`), `${code}\nexport {};\n`);
}
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      noUnusedLocals: false,
      isolatedDeclarations: false,
      declaration: false,
      declarationMap: false,
      types: ['node'],
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    },
    include: ['*.ts'],
  }),
);
const result = fences.length === 0 ? { status: 0, stdout: '' } : spawnSync('tsc', ['-p', folder], { cwd: root, encoding: 'utf8' });
rmSync(folder, { recursive: true, force: true });
process.stdout.write(result.stdout);
console.log(`${fences.length} fences in ${documents.length} documents`);
process.exit(result.status ?? 1);
