import { defineProject } from 'vitest/config';

const source = { resolve: { conditions: ['@cacaw/source'] }, ssr: { resolve: { conditions: ['@cacaw/source'] } } };
const except = ['**/node_modules/**', '**/dist/**', '**/*.{sim,pg,browser}.test.ts'];

/** The suffix of a test file says what it needs; each need is one project. */
export default [
  defineProject({ ...source, test: { name: 'unit', include: ['packages/**/*.test.ts', 'apps/**/*.test.ts'], exclude: except } }),
  defineProject({ ...source, test: { name: 'sim', include: ['packages/**/*.sim.test.ts'], testTimeout: 600_000 } }),
  defineProject({ ...source, test: { name: 'pg', include: ['packages/**/*.pg.test.ts'], testTimeout: 60_000 } }),
];
