import { newCollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { inventoryCommands } from '../src/generators/inventory.ts';
import { createSeededRandom } from '../src/random.ts';
import { createMemorySimulatedDatabase } from '../src/simulation/simulated-database.ts';
import { World } from '../src/simulation/world.ts';

const items = Number(process.env['CACAW_ITEMS'] ?? 15_000);
const bytesPerSecond = 50_000;
const cutEveryMs = 10_000;

test(`[X7] a first sync of ${items} items at 50 KB/s with a cut every 10 s resumes where it was and finishes`, async () => {
  const random = createSeededRandom(1, 'database');
  const collection = newCollectionId(random);
  const world = new World({
    seed: 1,
    collection,
    database: createMemorySimulatedDatabase(random),
    devices: 1,
    relays: 1,
    hintsLost: false,
  });
  await world.begin();
  const [, ...commands] = inventoryCommands({ collection, items });
  for (const command of commands) world.devices[0]?.run(command);
  while (!(await world.isCalm()) || (world.devices[0]?.items.length ?? 0) < items) await world.clock.advance(1000);

  world.bytesPerSecond = bytesPerSecond;
  const newcomer = world.addDevice();
  await world.clock.advance(500);
  world.openLink(newcomer);
  for (let cuts = 0; cuts < items / 10 && !(await world.isCalm()); cuts += 1) {
    await world.clock.advance(cutEveryMs);
    newcomer.cut();
  }

  expect(await world.isCalm()).toBe(true);
  expect(newcomer.items).toHaveLength(items);
  expect(newcomer.lostConnections).toBeGreaterThan(1);
  console.log(`${items} items over ${newcomer.lostConnections} cuts`);
});
