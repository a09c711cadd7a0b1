import { newCollectionId, type Clock, type ItemId, type Random } from '@cacaw/protocol';
import { deleteDB } from 'idb';
import { expect, test } from 'vitest';
import { createIndexedDbStore } from './idb-store.ts';
import { openDevice } from './open-device.ts';
import { describeStore } from './store.contract.ts';
import { storeLayout } from './store.ts';

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
let opened = 0;

describeStore('Chromium', async () => {
  const name = `contract-${(opened += 1)}`;
  await deleteDB(name);
  return { store: await createIndexedDbStore({ name }), reopen: () => createIndexedDbStore({ name }) };
});

async function freshInventory() {
  await deleteDB('CacawInventory');
  return createIndexedDbStore({ name: 'CacawInventory' });
}

/** The schema as the browser itself reports it, read without our code. */
function readSchema(
  name: string,
): Promise<{ version: number; stores: Record<string, { key: unknown; indexes: Record<string, unknown> }> }> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const database = request.result;
      const transaction = database.transaction([...database.objectStoreNames], 'readonly');
      const stores = [...database.objectStoreNames].map((one) => {
        const store = transaction.objectStore(one);
        return [
          one,
          { key: store.keyPath, indexes: Object.fromEntries([...store.indexNames].map((index) => [index, store.index(index).keyPath])) },
        ] as const;
      });
      const found = { version: database.version, stores: Object.fromEntries(stores) };
      database.close();
      resolve(found);
    };
  });
}

test('[S4] a real browser holds CacawInventory version 1 with the specification’s stores and indexes', async () => {
  const store = await freshInventory();
  const { version, stores } = await readSchema('CacawInventory');
  await store.close();

  expect((await indexedDB.databases()).find((one) => one.name === 'CacawInventory')?.version).toBe(1);
  expect(version).toBe(1);
  expect(stores['folders']).toMatchObject({ key: 'id', indexes: { name: 'name', createdAt: 'createdAt', updatedAt: 'updatedAt' } });
  expect(stores['items']).toMatchObject({
    key: 'id',
    indexes: { folderId: 'folderId', name: 'name', type: 'type', createdAt: 'createdAt', place: ['collection', 'folderId', 'order'] },
  });
  expect(stores['images']).toMatchObject({ key: 'id', indexes: { itemId: 'itemId' } });
  expect(stores['settings']).toMatchObject({ key: 'key' });
  expect(Object.keys(stores).sort()).toEqual(Object.keys(storeLayout).sort());
});

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

test('[S10] in a browser an edit is kept within the budget, warm and cold', async () => {
  const store = await freshInventory();
  const collection = newCollectionId(random);
  const device = await openDevice({ store, clock, random });
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
  const { items } = await device.run({
    type: 'addItems',
    collection,
    drafts: Array.from({ length: 5000 }, (_, index) => ({ name: `Item ${index}`, quantity: 1 })),
  });
  const timeEdit = async (on: typeof device, item: ItemId | undefined, round: number): Promise<number> => {
    if (item === undefined) throw new Error('no item');
    const from = performance.now();
    await on.run({ type: 'editItem', collection, item, change: { name: `renamed ${round}` } });
    return performance.now() - from;
  };
  const warm: number[] = [];
  for (let round = 0; round < 200; round += 1) warm.push(await timeEdit(device, items[round % 10], round));
  await device[Symbol.asyncDispose]();
  const cold: number[] = [];
  const again = await openDevice({ store, clock, random, mostShards: 64 });
  for (let shard = 0; shard < 38; shard += 1) cold.push(await timeEdit(again, items[shard * 128 + 5], shard));
  await again[Symbol.asyncDispose]();
  await store.close();

  // oxlint-disable-next-line no-console -- the figure is what one runs this for
  console.log(`edit to kept: warm p50 ${median(warm).toFixed(2)} ms, cold p50 ${median(cold).toFixed(2)} ms`);
  // Generous here, because machines that run tests are busy; the bench holds the budget (3 ms warm, 10 ms cold).
  expect(median(warm)).toBeLessThan(30);
  expect(median(cold)).toBeLessThan(100);
});
