import type { Plugin } from 'vitest/config';
import { holes } from '../packages/relay/test/hostile/holes.ts';

/** Switches off the defence `CACAW_HOLE` names while source is read; nothing on disk changes. */
export function holePlugin(): Plugin[] {
  const defence = process.env['CACAW_HOLE'];
  if (defence === undefined) return [];
  const patches = holes.find((hole) => hole.defence === defence)?.patches;
  if (patches === undefined) throw new Error(`No hole is called ${defence}.`);
  return [
    {
      name: 'hole',
      enforce: 'pre',
      // What is read with a hole in it must not be kept for a run without.
      config: () => ({ test: { fsModuleCache: false } }),
      transform(code, id) {
        const here = patches.filter(({ file }) => id.split('?')[0]?.endsWith(file));
        if (here.length === 0) return undefined;
        return here.reduce((text, { from, to }) => {
          if (!text.includes(from)) throw new Error(`The hole "${defence}" no longer fits ${id}: it says nowhere\n${from}`);
          return text.replace(from, () => to);
        }, code);
      },
    },
  ];
}
