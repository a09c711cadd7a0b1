import { expect, test } from 'vitest';
import { plantedBugs } from '../src/simulation/planted.ts';
import { runSeed } from '../src/simulation/scenario.ts';
import { Broken } from '../src/simulation/world.ts';

test.for(plantedBugs.map((plant) => [plant().name, plant] as const))(
  '[X5] the simulator finds a planted bug within 200 seeds: %s',
  async ([name, plant]) => {
    for (let seed = 1; seed <= 200; seed += 1) {
      try {
        await runSeed(seed, { planted: plant() });
      } catch (error) {
        expect(error).toBeInstanceOf(Broken);
        console.log(`${name}: found by seed ${seed}: ${String((error as Error).message).split('\n')[0]}`);
        return;
      }
    }
    throw new Error(`${name} was not found.`);
  },
);
