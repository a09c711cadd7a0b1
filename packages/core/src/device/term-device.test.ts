import { newCollectionId, newCommandId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { Command } from '../inventory/commands.ts';
import { createMemoryStore } from './memory-store.ts';
import { planCommand } from './plan-command.ts';
import { openTerm } from './term-device.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';

test('[S46] a command whose planner cannot be fetched changes nothing, and the next one asks again', async () => {
  const random = new SeededRandom(7);
  const store = createMemoryStore();
  let hasNetwork = false;
  const device = await openTerm({ store, clock: new ManualClock(), random, idleMs: 0 }, () =>
    hasNetwork ? Promise.resolve(planCommand) : Promise.reject(new Error('not on this device yet')),
  );
  const collection = newCollectionId(random);
  const command: Command = { type: 'createCollection', id: collection, draft: { name: 'Cellar', type: 'wine', currency: 'EUR' } };
  const id = newCommandId(random);

  await expect(device.run(command, id)).rejects.toThrow('not on this device yet');
  expect(await store.read(['collections'], (tx) => tx.range('collections', {}))).toEqual([]);

  hasNetwork = true;
  await device.run(command, id);
  expect(await store.read(['collections'], (tx) => tx.range('collections', {}))).toMatchObject([{ id: collection, name: 'Cellar' }]);
  await device[Symbol.asyncDispose]();
});
