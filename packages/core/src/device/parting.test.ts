import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { CollectionRow } from '../inventory/rows.ts';
import type { Device, RowsChange } from './device.ts';
import { createMemoryDisk, type MemoryStore } from './memory-store.ts';
import { openDevice } from './open-device.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';
import type { StoreName } from './store.ts';

const content = ['folders', 'items', 'chunks', 'chunkEnds', 'confirmed', 'pending', 'cursors', 'journal', 'tray', 'commands'] as const;
const day = 24 * 3_600_000;

interface Bench {
  readonly store: MemoryStore;
  readonly device: Device;
  readonly clock: ManualClock;
  readonly collection: CollectionId;
  readonly other: CollectionId;
}

/** Two collections with an item, a folder, a note and a name that was changed, all unsent. */
async function openBench(): Promise<Bench> {
  const random = new SeededRandom(5);
  const clock = new ManualClock();
  const store = createMemoryDisk().open();
  const device = await openDevice({ store, clock, random, idleMs: 0 });
  const [collection, other] = [newCollectionId(random), newCollectionId(random)];
  for (const id of [collection, other]) {
    await device.run({ type: 'createCollection', id, draft: { name: 'Cellar', type: 'wine', currency: 'EUR' } });
    const { items } = await device.run({ type: 'addItems', collection: id, drafts: [{ name: `secret ${id}` }] });
    await device.run({ type: 'addFolder', collection: id, draft: { name: 'secret folder' } });
    for (const item of items) {
      await device.run({ type: 'editNote', collection: id, item, before: '', after: 'secret note' });
      await device.run({ type: 'editItem', collection: id, item, change: { name: 'renamed' } });
    }
    await device.setReach(id, { mode: 'sync', secret: 's3cret' });
  }
  return { store, device, clock, collection, other };
}

const rowOf = ({ store }: Bench, id: CollectionId): Promise<CollectionRow | undefined> =>
  store.read(['collections'], (tx) => tx.get('collections', id));

/** How many records of each store belong to a collection. */
async function left({ store }: Bench, id: CollectionId, stores: readonly StoreName[] = content): Promise<number> {
  const found = await store.read(stores, (tx) => Promise.all(stores.map((name) => tx.range(name, {}))));
  return found.flat().filter((record) => JSON.stringify(record).includes(id)).length;
}

test.each(['removed', 'erased'] as const)('[S36] of a collection that was %s nothing is left but the word of it', async (gone) => {
  const bench = await openBench();
  const { device, collection, other } = bench;
  const unsent = new Set((await device.pending(collection)).map((one) => one.command)).size;
  const before = await left(bench, other);
  const told: RowsChange[] = [];
  device.onRows((change) => told.push(change));

  await device.setAccess(collection, { gone });

  expect(await left(bench, collection)).toBe(0);
  expect(await left(bench, other)).toBe(before);
  const row = await rowOf(bench, collection);
  expect(row).toMatchObject({ name: 'Cellar', gone, secret: null, settings: {}, fields: [], parting: { unsent } });
  expect(unsent).toBeGreaterThan(3);
  expect(told.map((change) => [change.root?.gone, change.items.map(([, item]) => item), change.folders.length])).toEqual([
    [gone, [null], 1],
  ]);
  expect(await device.pending(collection)).toEqual([]);
  await expect(device.run({ type: 'addItems', collection, drafts: [{ name: 'late' }] })).rejects.toMatchObject({
    code: 'unknown-collection',
  });
});

test('[S36] a wipe that could not be stored wipes nothing, and is done when it is said again', async () => {
  const bench = await openBench();
  const { store, device, collection } = bench;
  const before = await left(bench, collection);
  store.faults.failCommits.push('aborted');

  await expect(device.setAccess(collection, { gone: 'removed' })).rejects.toMatchObject({ code: 'aborted' });

  expect(await left(bench, collection)).toBe(before);
  await device.setAccess(collection, { gone: 'removed' });
  expect(await left(bench, collection)).toBe(0);
});

test('[S36] a deleted collection keeps its rows and unsent edits, and says when it went; erased afterwards, it is wiped', async () => {
  const bench = await openBench();
  const { device, clock, collection } = bench;
  const before = await left(bench, collection);
  const unsent = new Set((await device.pending(collection)).map((one) => one.command)).size;

  await device.setAccess(collection, { gone: 'deleted' });
  const goneAt = clock.now();
  clock.advance(day);
  await device.setAccess(collection, { gone: 'deleted' });

  expect(await left(bench, collection)).toBe(before);
  expect((await rowOf(bench, collection))?.parting).toEqual({ at: goneAt, unsent });
  await device.setAccess(collection, { gone: 'erased' });
  expect(await left(bench, collection)).toBe(0);
});

test('[S36] a collection that is back has never been gone', async () => {
  const bench = await openBench();
  await bench.device.setAccess(bench.collection, { gone: 'deleted' });

  await bench.device.setAccess(bench.collection, { gone: null });

  const row = await rowOf(bench, bench.collection);
  expect([row?.gone, row?.parting]).toEqual([null, undefined]);
});

test('[S37] after 30 days idle work forgets a deleted collection, and the word of one that was taken away', async () => {
  const bench = await openBench();
  const { store, device, clock, collection, other } = bench;
  await device.setAccess(collection, { gone: 'deleted' });
  await device.setAccess(other, { gone: 'removed' });

  clock.advance(30 * day - 1);
  while (await device.tidy());
  expect(await store.read(['collections'], (tx) => tx.count('collections', {}))).toBe(2);
  clock.advance(1);
  while (await device.tidy());

  expect(await store.read(['collections'], (tx) => tx.count('collections', {}))).toBe(0);
  expect(await left(bench, collection)).toBe(0);
});

test('[S48] what the relay says after the device forgot a collection brings nothing of it back', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  await device.forget(collection);

  await device.setAccess(collection, { gone: 'removed' });
  await device.setAccess(collection, { role: 'viewer' });

  expect(await rowOf(bench, collection)).toBeUndefined();
});
