import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { holes } from './holes.ts';

const packages = resolve(import.meta.dirname, '../../..');

test.each(holes)('[I12] switching off "$defence" still fits the code', ({ patches }) => {
  for (const { file, from } of patches) expect(readFileSync(join(packages, file), 'utf8')).toContain(from);
});
