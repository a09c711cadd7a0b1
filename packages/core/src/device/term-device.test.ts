import { newCollectionId, newCommandId, type Seq } from '@cacaw/protocol';
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

test('[S34] reading the log again gives up a pull that has not ended', async () => {
  const random = new SeededRandom(8);
  const load = (): Promise<typeof planCommand> => Promise.resolve(planCommand);
  const device = await openTerm({ store: createMemoryStore(), clock: new ManualClock(), random, idleMs: 0 }, load);
  const collection = newCollectionId(random);
  const at = { collection, lineage: new Uint8Array(16).fill(3), seq: 5 as Seq, chain: new Uint8Array(8).fill(4) };
  await device.confirm(collection, [], { ...at, pull: { head: 9 as Seq, next: Uint8Array.of(1) } });

  await device.readAgain(collection);

  expect(await device.cursor(collection)).toEqual({ collection, lineage: at.lineage, seq: 0, chain: new Uint8Array(8) });
  await device[Symbol.asyncDispose]();
});
