import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { createMemoryDisk, type MemoryDisk } from './memory-store.ts';
import { openDevice } from './open-device.ts';
import type { Device, RowsChange } from './device.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';

interface Bench {
  readonly disk: MemoryDisk;
  readonly device: Device;
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly collection: CollectionId;
}

async function openBench(seed = 1): Promise<Bench> {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const disk = createMemoryDisk();
  const device = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  return { disk, device, clock, random, collection };
}

const storedItems = (device: Device) => device.store.read(['items'], (tx) => tx.range('items', {}));

test('[S10] a command is kept with its rows, its pending push and its id in one transaction', async () => {
  const { device, collection } = await openBench();
  const told: RowsChange[] = [];
  device.onRows((change) => told.push(change));

  const result = await device.run({ type: 'addItems', collection, drafts: [{ name: 'Drill', tags: ['tool'] }] });

  const items = await storedItems(device);
  expect(items.map((row) => [row.id, row.name, row.tags])).toEqual([[result.items[0], 'Drill', ['tool']]]);
  expect(told.flatMap((change) => change.items.map(([id]) => id))).toEqual(result.items);
  const pending = await device.pending(collection);
  expect(pending.map((one) => one.ref)).toEqual(pending.map((_, index) => index + 1));
  expect(pending.length).toBeGreaterThan(1);
});
