import { createSystemClock, createSystemRandom } from '@cacaw/client';
import { createMemoryDisk, openDevice, rowsAfter, rowStores } from '@cacaw/core/device';
import { newCollectionId, shardOf } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import * as Y from 'yjs';
import { nthEdit } from '../edit-mix.ts';
import { ms, spread, median } from '../figure.ts';
import type { Scenario } from '../scenario.ts';

/** What an edit costs the processor, disk and network left out. */
export const cpu: Scenario = {
  name: 'cpu',
  about: 'Node, a store in memory: a whole edit (plan, registers, update, row, journal, transaction), and the import of 10,000 items in Chromium.',
  async run(lab) {
    const [clock, random] = [createSystemClock(), createSystemRandom()];
    const device = await openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
    const collection = newCollectionId(random);
    for (const command of inventoryCommands({ collection, items: 1_000 })) await device.run(command);
    const rows = await device.store.read(rowStores, (tx) => rowsAfter(tx, collection, { after: '', limit: 1_000 }));
    const own = rows.filter((row) => shardOf(row.id) === shardOf(rows[0]?.id ?? row.id));
    const times: number[] = [];
    for (let n = 0; n < 3_000; n += 1) {
      const row = own[n % own.length];
      if (row === undefined) break;
      const startedAt = performance.now();
      await device.run(nthEdit(collection, row.id, n));
      if (n >= 500) times.push(performance.now() - startedAt);
    }
    await device[Symbol.asyncDispose]();
    await using visit = await lab.visit(lab.newProfile());
    const imported = await visit.call('fill', lab.origin, 10_000);
    return [
      { what: 'edit in a warm shard, wall time without disk', value: spread(times), beside: `bare Yjs: push an entry and delete another in a list of 128 ${ms(median(bareTimes()))}` },
      { what: 'import of 10,000 items → kept', value: ms(imported.ms), target: '≤ 1 s', met: imported.ms <= 1_000 },
      { what: 'import of 10,000 items → kept and all listed', value: ms(imported.listedMs), target: '≤ 1 s', met: imported.listedMs <= 1_000 },
    ];
  },
};

function bareTimes(): readonly number[] {
  const doc = new Y.Doc();
  const list = doc.getArray<unknown>('r');
  doc.on('update', () => undefined);
  list.push(Array.from({ length: 128 }, (_, n) => [String(n), 'n', 'blue Bosch drill', n]));
  return Array.from({ length: 3_000 }, (_, n) => {
    const startedAt = performance.now();
    doc.transact(() => {
      list.push([[String(n % 128), 'n', `blue Bosch drill no. ${n}`, n]]);
      list.delete(0, 1);
    });
    return performance.now() - startedAt;
  }).slice(500);
}
