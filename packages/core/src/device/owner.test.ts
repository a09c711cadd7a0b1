import type { AccountId, Json } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { createMemoryDisk, createMemoryStore } from './memory-store.ts';
import { ownerOf, takeOwnership } from './owner.ts';
import type { DeviceStore } from './store.ts';

const anna = 'A'.repeat(22) as AccountId;
const ben = 'B'.repeat(22) as AccountId;
const put = (store: DeviceStore, value: Json): Promise<void> =>
  store.write(['settings'], async (tx) => tx.put('settings', { key: 'owner', value }), { durability: 'strict' });

test('[S45] a database nobody owns is the local account’s until an account opens it, and then that account’s alone', async () => {
  const disk = createMemoryDisk();
  await takeOwnership(disk.open(), null);
  expect(await ownerOf(disk.open())).toBeNull();

  await takeOwnership(disk.open(), anna);
  await takeOwnership(disk.open(), anna);

  expect(await ownerOf(disk.open())).toBe(anna);
  for (const other of [null, ben]) await expect(takeOwnership(disk.open(), other)).rejects.toMatchObject({ code: 'foreign' });
  expect(await ownerOf(disk.open())).toBe(anna);
});

test('[S45] of two accounts that open a database at the same moment one gets it', async () => {
  const disk = createMemoryDisk();
  const outcomes = await Promise.allSettled([takeOwnership(disk.open(), anna), takeOwnership(disk.open(), ben)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await ownerOf(disk.open())).toBe(outcomes[0].status === 'fulfilled' ? anna : ben);
});

test('[S45] an owner that cannot be read lets nobody in', async () => {
  for (const value of ['', 5, null, { account: anna }]) {
    const store = createMemoryStore();
    await put(store, value);
    for (const account of [null, anna]) await expect(takeOwnership(store, account)).rejects.toMatchObject({ code: 'foreign' });
  }
});
