import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compile } from 'svelte/compiler';
import { expect, test } from 'vitest';
import { plainIcon, plainListPart } from './plain-components.ts';

const packages = resolve(import.meta.dirname, '../node_modules');
const read = (path: string): string => readFileSync(resolve(packages, path), 'utf8');

test('[W41] an icon is an svg with the shapes Lucide names', () => {
  const alert = plainIcon(read('@lucide/svelte/dist/icons/circle-alert.svelte'), 'circle-alert.svelte');
  expect(alert).toContain('<circle cx="12" cy="12" r="10" /><line x1="12" x2="12" y1="8" y2="12" />');
  expect(compile(alert, { filename: 'circle-alert.svelte', generate: 'client' }).warnings).toEqual([]);
});

test('[W41] a long list and its lines are plain elements', () => {
  for (const name of ['Virtualizer.svelte', 'ListItem.svelte']) {
    const made = compile(plainListPart(read(`virtua/lib/svelte/${name}`), name), { filename: name, generate: 'client' });
    expect(made.js.code).not.toContain('attribute_effect');
    expect(made.js.code).toMatch(/set_style\(div/);
  }
});

test('[W41] a package that writes its parts otherwise is not taken as it was', () => {
  expect(() => plainIcon('<svg />', 'x.svelte')).toThrow('x.svelte is not written as it was');
  expect(() => plainListPart('<svelte:element this={tag}></svelte:element>', 'Virtualizer.svelte')).toThrow('not written as it was');
});
