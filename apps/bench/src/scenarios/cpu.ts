import { createSystemClock, createSystemRandom } from '@cacaw/client';
import { createMemoryDisk, openDevice, rowsAfter, rowStores } from '@cacaw/core/device';
import { newCollectionId, shardOf } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import * as Y from 'yjs';
import { nthEdit } from '../edit-mix.ts';
import { median, ms } from '../figure.ts';
import { createForgetfulStore } from '../lab/forgetful-store.ts';
import type { Scenario } from '../scenario.ts';

const batchEdits = 100;

/** What an edit costs the processor, disk and network left out. */
export const cpu: Scenario = {
  name: 'cpu',
  about:
    'Node, a store that keeps nothing: what is left of an edit is planning, registers, update bytes, row and journal. And the import of 10,000 items in Chromium.',
  note: 'The import is 20 batches, each kept with strict durability before the next is begun; a third of its time is spent waiting for IndexedDB.',
  async run(lab) {
    const [clock, random] = [createSystemClock(), createSystemRandom()];
    const store = createForgetfulStore(createMemoryDisk().open());
    const device = await openDevice({ store, clock, random, idleMs: 0 });
    const collection = newCollectionId(random);
    for (const command of inventoryCommands({ collection, items: 1_000 })) await device.run(command);
    while (await device.tidy()) continue;
    const rows = await device.store.read(rowStores, (tx) => rowsAfter(tx, collection, { after: '', limit: 1_000 }));
    const own = rows.filter((row) => shardOf(row.id) === shardOf(rows[0]?.id ?? row.id));
    // Hydrates the shard before the store forgets it.
    for (const row of own) await device.run(nthEdit(collection, row.id, 0));
    await store.forget();
    const times: number[] = [];
    for (let batch = 0; batch < 40; batch += 1) {
      const before = process.cpuUsage();
      for (let n = 0; n < batchEdits; n += 1) {
        const row = own[n % own.length];
        if (row !== undefined) await device.run(nthEdit(collection, row.id, batch * batchEdits + n));
      }
      const { user, system } = process.cpuUsage(before);
      // The first batches warm the compiler up.
      if (batch >= 10) times.push((user + system) / 1_000 / batchEdits);
    }
    await device[Symbol.asyncDispose]();
    const imported = await lab.filled(10_000);
    return [
      {
        what: 'edit in a warm shard of 128 items, without storing: processor time',
        value: ms(median(times)),
        target: '≤ 120 µs',
        met: median(times) <= 0.12,
        beside: `bare Yjs: push an entry and delete another in a list of 128 ${ms(median(bareTimes()))}`,
      },
      { what: 'import of 10,000 items → kept', value: ms(imported.ms), target: '≤ 1 s', met: imported.ms <= 1_000 },
      {
        what: 'import of 10,000 items → kept and all listed',
        value: ms(imported.listedMs),
        target: '≤ 1 s',
        met: imported.listedMs <= 1_000,
      },
    ];
  },
};

function bareTimes(): readonly number[] {
  const doc = new Y.Doc();
  const list = doc.getArray<unknown>('r');
  doc.on('update', () => undefined);
  list.push(Array.from({ length: 128 }, (_, n) => [String(n), 'n', 'blue Bosch drill', n]));
  return Array.from({ length: 30 }, (_, batch) => {
    const before = process.cpuUsage();
    for (let n = 0; n < batchEdits; n += 1) {
      doc.transact(() => {
        list.push([[String(n), 'n', `blue Bosch drill no. ${n}`, batch]]);
        list.delete(0, 1);
      });
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / batchEdits;
  }).slice(10);
}
