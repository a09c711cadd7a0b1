import { expect, test } from 'vitest';
import { happen } from './testing/life.ts';
import { World, type Tally } from './testing/world.ts';

const first = Number(process.env['CACAW_SEED'] ?? 1);
const runs = Number(process.env['CACAW_RUNS'] ?? 200);
const steps = 60;

async function live(seed: number): Promise<Tally> {
  const world = await World.create(seed, 2);
  const says = (when: string): string =>
    `seed ${seed}, ${when}; CACAW_SEED=${seed} CACAW_RUNS=1 pnpm vitest run --project sim packages/core/src/device`;
  for (let step = 0; step < steps; step += 1) {
    await happen(world);
    for (const one of world.residents)
      expect(await world.check(one), says(`step ${step}, device ${world.residents.indexOf(one)}`)).toEqual([]);
  }
  await world.calm();
  for (const one of world.residents) {
    expect(await world.check(one), says('at rest')).toEqual([]);
    expect(await world.lost(one), says('at rest')).toEqual([]);
  }
  return world.tally;
}

test('[S20] rows(device) = rows(log up to its cursor) + pending writes after every step of clones, crashes, refusals, mints and restores', async () => {
  const sum: { [what: string]: number } = {};
  for (let seed = first; seed < first + runs; seed += 1) {
    for (const [what, count] of Object.entries(await live(seed))) sum[what] = (sum[what] ?? 0) + count;
  }
  // oxlint-disable-next-line no-console -- says what the seeds did
  console.log(JSON.stringify(sum));
  if (runs < 200) return;
  // A run in which nothing happened would prove nothing.
  for (const what of ['edit', 'push', 'cut', 'crash', 'failed', 'refused rule', 'rebase', 'mint', 'clone', 'thaw', 'restore'])
    expect(sum[what], what).toBeGreaterThan(20);
});
