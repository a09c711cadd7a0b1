import { expect, test } from 'vitest';
import { createMemoryDisk, createMemoryStore, type StorePoint } from './memory-store.ts';
import { describeStore } from './store.contract.ts';
import type { DeviceStore } from './store.ts';

describeStore('memory', async () => {
  const disk = createMemoryDisk();
  return { store: disk.open(), reopen: async () => disk.open() };
});

const put = (store: DeviceStore, key: string, durability: 'strict' | 'relaxed' = 'strict') =>
  store.write(['settings'], async (tx) => tx.put('settings', { key, value: 1 }), { durability });
const keys = async (store: DeviceStore) => (await store.read(['settings'], (tx) => tx.range('settings', {}))).map((one) => one.key);

test('[S6] a planted failure refuses one commit with its code and changes nothing', async () => {
  const store = createMemoryStore({ failCommits: ['full', 'aborted'] });

  const codes = await Promise.all(
    ['a', 'b', 'c'].map((key) =>
      put(store, key).then(
        () => 'kept',
        (error: { code: string }) => error.code,
      ),
    ),
  );

  expect(codes).toEqual(['full', 'aborted', 'kept']);
  expect(await keys(store)).toEqual(['c']);
});

test('[S6] a crash at any point of a transaction keeps all of it or nothing, and frees the disk for other tabs', async () => {
  for (const point of ['begin', 'request', 'commit', 'complete'] satisfies StorePoint[]) {
    const disk = createMemoryDisk();
    const tab = disk.open();
    tab.faults.pace = (reached) => {
      if (reached === point) tab.crash();
      return undefined;
    };
    let settled = false;
    void tab
      .write(
        ['settings'],
        async (tx) => {
          tx.put('settings', { key: 'a', value: 1 });
          await tx.get('settings', 'a');
          tx.put('settings', { key: 'b', value: 1 });
        },
        { durability: 'strict' },
      )
      .finally(() => (settled = true));

    const left = await keys(disk.open());

    expect(left).toEqual(point === 'complete' ? ['a', 'b'] : []);
    expect(settled).toBe(false);
  }
});

test('[S6] a frozen tab begins nothing until it thaws, and others go on meanwhile', async () => {
  const disk = createMemoryDisk();
  const [frozen, awake] = [disk.open(), disk.open()];
  frozen.freeze();
  const waiting = put(frozen, 'late');

  await put(awake, 'early');
  expect(await keys(awake)).toEqual(['early']);
  frozen.thaw();
  await waiting;

  expect(await keys(awake)).toEqual(['early', 'late']);
});

test('[S6] a power cut takes back relaxed commits since the last strict one, never a strict one', async () => {
  const disk = createMemoryDisk();
  const store = disk.open();
  await put(store, 'a', 'relaxed');
  await put(store, 'b', 'strict');
  await put(store, 'c', 'relaxed');

  disk.losePower();

  expect(await keys(disk.open())).toEqual(['a', 'b']);
});

test('[S6] a cloned disk goes its own way', async () => {
  const disk = createMemoryDisk();
  await put(disk.open(), 'a');
  const copy = disk.clone();

  await put(disk.open(), 'b');
  await put(copy.open(), 'c');

  expect([await keys(disk.open()), await keys(copy.open())]).toEqual([
    ['a', 'b'],
    ['a', 'c'],
  ]);
});
