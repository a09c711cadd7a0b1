import { deleteDB } from 'idb';
import { expect, test } from 'vitest';
import { createIndexedDbStore } from './idb-store.ts';
import { describeStore } from './store.contract.ts';
import { storeLayout } from './store.ts';

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
