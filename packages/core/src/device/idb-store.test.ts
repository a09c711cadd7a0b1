import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { createIndexedDbStore, storeVersion } from './idb-store.ts';
import { describeStore } from './store.contract.ts';
import type { StoreError } from './store.ts';

const open = (factory: IDBFactory, onClosed?: (error: StoreError) => void) =>
  createIndexedDbStore({ name: 'CacawInventory', indexedDB: factory, onClosed });

describeStore('fake-indexeddb', async () => {
  const factory = new IDBFactory();
  return { store: await open(factory), reopen: () => open(factory) };
});

test('[S5] a store gives way to a newer version at once and says so', async () => {
  const factory = new IDBFactory();
  const told: StoreError[] = [];
  const store = await open(factory, (error) => told.push(error));

  const newer = factory.open('CacawInventory', storeVersion + 1);
  await new Promise((resolve) => (newer.onsuccess = resolve));

  expect(told.map((error) => error.code)).toEqual(['closed']);
  await expect(store.read(['settings'], (tx) => tx.get('settings', 'a'))).rejects.toMatchObject({ code: 'closed' });
  newer.result.close();
  await expect(open(factory)).rejects.toMatchObject({ code: 'blocked' });
});

test('[S5] a browser without IndexedDB is reported as unavailable', async () => {
  const { indexedDB } = globalThis;
  Reflect.deleteProperty(globalThis, 'indexedDB');

  const opening = createIndexedDbStore({ name: 'CacawInventory' });

  await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
  globalThis.indexedDB = indexedDB;
});
