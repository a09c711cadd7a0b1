import type { Resident, World } from './world.ts';

type Happening = readonly [weight: number, happen: (world: World, resident: Resident) => unknown];

/** What may happen to a device next, by weight. */
const happenings: readonly Happening[] = [
  [44, (world, resident) => world.edit(resident)],
  [15, (world, resident) => world.push(resident, { most: 1 + world.random.below(20), refuse: 0.1, cut: 0.1 })],
  [20, (world, resident) => world.receive(resident, 1 + world.random.below(10))],
  [6, (world, resident) => world.pull(resident)],
  [2, (world, resident) => world.restart(resident)],
  [5, (world, resident) => world.crashDuring(resident, 1 + world.random.below(8), () => world.edit(resident))],
  [2, (world, resident) => world.crashDuring(resident, 1 + world.random.below(12), () => world.pull(resident))],
  [2, (_, resident) => resident.device.tidy()],
  [
    1,
    (world, resident) =>
      world.residents.length < 4 ? (world.random.chance(0.5) ? world.clone(resident) : world.thaw(resident)) : undefined,
  ],
  [2, (world) => world.mint()],
  [2, (world, resident) => world.recover(resident)],
  [1, (world) => world.restoreRelay()],
  [3, (world, resident) => world.failingEdit(resident)],
];

const total = happenings.reduce((sum, [weight]) => sum + weight, 0);

/** One random happening to one random device, which is returned. */
export async function happen(world: World): Promise<Resident> {
  const { random, clock, residents } = world;
  const resident = random.pick(residents);
  if (resident === undefined) throw new Error('Nobody lives in this world.');
  clock.advance(random.below(2000));
  let dice = random.below(total);
  for (const [weight, run] of happenings) {
    if (dice < weight) {
      await run(world, resident);
      return resident;
    }
    dice -= weight;
  }
  return resident;
}
