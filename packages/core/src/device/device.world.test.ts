import { expect, test } from 'vitest';
import { World, type Resident } from './testing/world.ts';

async function step(world: World, resident: Resident): Promise<void> {
  const { random } = world;
  world.clock.advance(random.below(2000));
  const dice = random.below(100);
  if (dice < 45) await world.edit(resident);
  else if (dice < 60) await world.push(resident, { most: 1 + random.below(20), refuse: 0.1, cut: 0.1 });
  else if (dice < 80) await world.receive(resident, 1 + random.below(10));
  else if (dice < 86) await world.pull(resident);
  else if (dice < 90) await world.restart(resident);
  else if (dice < 92) await resident.device.tidy();
  else if (dice < 93 && world.residents.length < 4) await (random.chance(0.5) ? world.clone(resident) : world.thaw(resident));
  else if (dice < 95) world.mint();
  else if (dice < 97) await world.recover(resident);
  else if (dice < 98) world.restoreRelay();
  else {
    resident.store.faults.failCommits.push(random.chance(0.5) ? 'full' : 'aborted');
    await world.edit(resident);
    resident.store.faults.failCommits.length = 0;
  }
}

async function live(seed: number, steps: number): Promise<World> {
  const world = await World.create(seed, 2);
  for (let at = 0; at < steps; at += 1) {
    const resident = world.random.pick(world.residents);
    if (resident === undefined) continue;
    await step(world, resident);
    for (const one of world.residents) expect(await world.check(one), `seed ${seed}, step ${at}, member ${one.member}`).toEqual([]);
  }
  await world.calm();
  for (const one of world.residents) expect(await world.check(one), `seed ${seed}, calm, member ${one.member}`).toEqual([]);
  return world;
}

const first = Number(process.env['CACAW_SEED'] ?? 1);
const runs = Number(process.env['CACAW_RUNS'] ?? 20);

test('[S20] rows(device) = rows(log up to its cursor) + pending writes, after every step', async () => {
  for (let seed = first; seed < first + runs; seed += 1) {
    const world = await live(seed, 60);
    if (process.env['CACAW_TALLY'] !== undefined) console.log(seed, JSON.stringify(world.tally));
  }
}, 600_000);
