import { newCollectionId, type BlobHash, type CollectionId, type ItemId, type Seq } from '@cacaw/protocol';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { fileDraft, hashOf, photoDraft } from './testing/photos.ts';
import type { Command } from '../inventory/commands.ts';
import type { Device } from './device.ts';
import { createDevicePhotos, type DevicePhotos } from './device-photos.ts';
import { createIndexedDbStore } from './idb-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { openDevice } from './open-device.ts';
import { imageId, type BlobName } from './photo-names.ts';
import { readRows, rowOf } from './read-rows.ts';
import { storeLayout, type DeviceStore, type StoreName } from './store.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';

async function openBench(store: DeviceStore = createMemoryStore()) {
  const random = new SeededRandom(1);
  const clock = new ManualClock();
  const device = await openDevice({ store, clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
  const { items } = await device.run({ type: 'addItems', collection, drafts: [{ name: 'Lamp' }, { name: 'Vase' }] });
  const [lamp, vase] = items as readonly [ItemId, ItemId];
  const name = (n: number): BlobName => ({ collection, hash: hashOf(n) });
  const give = (item: ItemId, ...photos: readonly number[]): Promise<unknown> =>
    device.run({ type: 'addPhotos', collection, item, photos: photos.map((n) => photoDraft(n)) });
  const photos = createDevicePhotos(device, clock);
  return { store, device, photos, clock, random, collection, lamp, vase, name, give };
}

/** The relay has committed every edit. */
async function confirmAll(device: Device, collection: CollectionId): Promise<void> {
  const pending = await device.pending(collection);
  const acks = pending.map(({ writer, ref }, at) => ({ kind: 'ack', seq: (at + 1) as Seq, writer, ref }) as const);
  await device.confirm(collection, acks, {
    collection,
    lineage: new Uint8Array(16),
    seq: acks.length as Seq,
    chain: new Uint8Array(8),
  });
}

const indexedDb = (): Promise<DeviceStore> => createIndexedDbStore({ name: 'photos', indexedDB: new IDBFactory() });

const queued = async (photos: DevicePhotos): Promise<readonly BlobHash[]> => (await photos.queue()).map(({ hash }) => hash);
const held = async (photos: DevicePhotos): Promise<readonly BlobHash[]> => (await photos.holdings()).map(({ hash }) => hash);

const everything = (store: DeviceStore): Promise<unknown> => {
  const names = Object.keys(storeLayout) as StoreName[];
  return store.read(names, async (tx) => Promise.all(names.map((one) => tx.range(one, {}))));
};

const stores: readonly (readonly [what: string, open: () => Promise<DeviceStore>])[] = [
  ['a memory store', () => Promise.resolve(createMemoryStore())],
  ['IndexedDB', indexedDb],
];

test.each(stores)(
  '[S50] a photo is kept with its row, its push and its place in the queue in one transaction of %s, or not at all',
  async (_, open) => {
    const { store, device, photos, collection, lamp, name, give } = await openBench(await open());
    const before = await everything(store);
    const pushed = (await device.pending(collection)).length;
    // What cannot be cloned cannot be kept: the put of the picture fails after everything else has been put.
    const broken = { size: 3, slice: () => undefined } as unknown as Blob;

    await expect(device.run({ type: 'addPhotos', collection, item: lamp, photos: [photoDraft(1, { blob: broken })] })).rejects.toThrow();
    expect(await everything(store)).toEqual(before);

    await give(lamp, 1);
    expect((await store.read(['items', 'chunks'], (tx) => rowOf(tx, lamp)))?.photos).toMatchObject([{ hash: hashOf(1) }]);
    expect(await (await photos.bytes(name(1)))?.text()).toBe('picture 1');
    expect(await photos.queue()).toMatchObject([
      { ...name(1), upload: { use: 'photo', bytes: 9, mediaType: 'image/webp', items: [lamp], state: 'waiting' } },
    ]);
    expect((await device.pending(collection)).length).toBe(pushed + 1);
  },
);

test('[S51] every reference this device makes is looked after, and leaves the queue with the last item that needs it', async () => {
  const { device, photos, collection, lamp, vase, give } = await openBench();
  const heard: number[] = [];
  photos.onQueue(() => heard.push(1));
  await give(lamp, 1, 2);
  await give(vase, 1);
  const file: Command = { type: 'addFiles', collection, item: vase, files: [fileDraft(1)] };
  await device.run(file);
  await device.run({ type: 'addItems', collection, drafts: [{ name: 'Bowl', photos: [photoDraft(5)] }] });
  expect(new Set(await queued(photos))).toEqual(new Set([hashOf(1), hashOf(2), hashOf(1001), hashOf(5)]));

  const gone = await device.run({ type: 'removePhotos', collection, item: lamp, photos: [hashOf(1), hashOf(2)] });
  expect(new Set(await queued(photos))).toEqual(new Set([hashOf(1), hashOf(1001), hashOf(5)]));
  await device.run({ type: 'undo', collection, commands: [gone.id] });
  expect(new Set(await queued(photos))).toEqual(new Set([hashOf(1), hashOf(2), hashOf(1001), hashOf(5)]));
  expect(heard.length).toBe(6);
});

test('[S51] a reference made without bytes is looked after as well', async () => {
  const { device, photos, collection, lamp, name } = await openBench();
  const row = await device.store.read(['items', 'chunks'], (tx) => rowOf(tx, lamp));
  const { collection: _collection, quantity: _quantity, ...copy } = row ?? ({} as never);
  const other = newCollectionId(new SeededRandom(9));
  await device.run({ type: 'createCollection', id: other, draft: { name: 'Copy', type: '', currency: '' } });
  const facts = { width: 4, height: 3, bytes: 10, mediaType: 'image/webp', order: 'a0', caption: 'Then', view: null };
  await device.run({ type: 'recreate', collection: other, copies: { items: [{ ...copy, photos: [{ hash: hashOf(1), ...facts }] }] } });
  const lost = { collection: other, hash: hashOf(1) };

  expect(await photos.queue()).toMatchObject([{ ...lost, upload: { state: 'waiting', bytes: 10 } }]);
  await photos.settle(lost, { state: 'lost' });
  expect(await photos.queue()).toMatchObject([{ ...lost, upload: { state: 'lost' } }]);
  await device.run({ type: 'addPhotos', collection: other, item: copy.id, photos: [photoDraft(1)] });
  expect(await photos.queue()).toMatchObject([{ ...lost, upload: { state: 'waiting' } }]);
  expect(await (await photos.bytes(lost))?.text()).toBe('picture 1');
  expect(await photos.bytes(name(1))).toBeUndefined();
  expect(collection).not.toBe(other);
});

test('[S50] bytes that come with a copied row are kept and queued in its transaction, or not at all', async () => {
  const { device, store, photos, collection, name } = await openBench();
  const facts = { width: 4, height: 3, mediaType: 'image/webp', order: 'a0', caption: 'Then', view: { turns: 1, crop: null } } as const;
  const lamp = await device.store.read(['items', 'chunks'], (tx) => tx.range('items', { limit: 1 }));
  const { collection: _collection, quantity: _quantity, ...copy } = lamp[0] ?? ({} as never);
  const other = { ...copy, id: 'Other000000001' as ItemId };
  const item = { ...other, photos: [{ hash: hashOf(1), bytes: 9, ...facts }], files: [] };
  const blobs = (blob: Blob) => [
    { hash: hashOf(1), item: other.id, blob: new Blob(['picture 1']), thumbnail: new Blob(['square']), view: facts.view },
    { hash: hashOf(2), item: other.id, blob },
  ];
  const before = await everything(store);
  const recreate = (blob: Blob) => device.run({ type: 'recreate', collection, copies: { items: [item], blobs: blobs(blob) } });

  await expect(recreate(new Blob([]))).rejects.toMatchObject({ code: 'bad-value' });
  await expect(recreate({ size: 3, slice: () => undefined } as unknown as Blob)).rejects.toThrow();
  expect(await everything(store)).toEqual(before);
  await recreate(new Blob(['file']));
  expect(await (await photos.bytes(name(1)))?.text()).toBe('picture 1');
  expect(await photos.queue()).toMatchObject([{ hash: hashOf(1), upload: { items: [other.id], state: 'waiting' } }]);
  expect(await store.read(['images'], (tx) => tx.get('images', imageId(name(1))))).toMatchObject({ itemId: other.id, view: '1.0.0.0' });
});

test('[S52] forgetting a collection, or deleting an item for ever, takes the bytes along, and no others', async () => {
  const { device, photos, collection, lamp, vase, random, give } = await openBench();
  const other = newCollectionId(random);
  await device.run({ type: 'createCollection', id: other, draft: { name: 'Cellar', type: '', currency: '' } });
  await device.run({ type: 'addItems', collection: other, drafts: [{ name: 'Barolo', photos: [photoDraft(1)] }] });
  await give(lamp, 1, 2, 3);
  await give(vase, 2);
  await photos.settle({ collection, hash: hashOf(3) }, { state: 'stored' });

  await device.run({ type: 'purge', collection, items: [lamp], folders: [] });
  expect(await held(photos)).toEqual(expect.arrayContaining([hashOf(1), hashOf(2)]));
  expect((await photos.holdings()).length).toBe(2);
  expect(await photos.queue()).toMatchObject([{ collection: other }, { hash: hashOf(2), upload: { items: [vase] } }]);

  await device.forget(collection);
  expect(await photos.holdings()).toMatchObject([{ collection: other, hash: hashOf(1) }]);
  expect(await photos.queue()).toMatchObject([{ collection: other, hash: hashOf(1) }]);
  expect(await device.store.read(['images'], (tx) => tx.range('images', {}))).toMatchObject([
    { id: imageId({ collection: other, hash: hashOf(1) }) },
  ]);
});

test('[S53] bytes that are not stored are never let go; a stored picture leaves its small square until that is asked for', async () => {
  const { device, photos, clock, collection, lamp, name, give } = await openBench();
  await give(lamp, 1, 2, 3);
  await photos.settle(name(2), { state: 'stored' });
  await device.run({ type: 'removePhotos', collection, item: lamp, photos: [hashOf(3)] });
  await confirmAll(device, collection);
  const letGo = (what: 'full' | 'all'): Promise<unknown> => photos.letGo([1, 2, 3].map((n) => ({ ...name(n), what })));
  const bytes = (): Promise<readonly boolean[]> => Promise.all([1, 2, 3].map(async (n) => (await photos.bytes(name(n))) !== undefined));

  await letGo('full');
  expect(await bytes()).toEqual([true, false, true]);
  expect((await photos.holdings()).find(({ hash }) => hash === hashOf(2))).toMatchObject({ full: 0, thumbnail: 8, stored: true });
  await letGo('all');
  expect(await bytes()).toEqual([true, false, true]);
  // A removal can be taken back for as long as that; then nobody needs the bytes.
  clock.advance(30 * 24 * 3_600_000);
  await letGo('all');
  expect(await bytes()).toEqual([true, false, false]);
  expect((await photos.holdings()).map(({ hash }) => hash)).toEqual([hashOf(1)]);
});

test('[S55] bytes the relay has stay as long as it has not the edit that refers to them: it may clean them away meanwhile', async () => {
  const { device, photos, clock, collection, lamp, vase, name, give } = await openBench();
  await give(lamp, 1, 2);
  await confirmAll(device, collection);
  await give(lamp, 3);
  await give(vase, 1);
  await device.run({ type: 'addFiles', collection, item: vase, files: [fileDraft(1)] });
  await device.run({ type: 'addItems', collection, drafts: [{ name: 'Bowl', photos: [photoDraft(5)] }] });
  await device.run({ type: 'editPhoto', collection, item: lamp, photo: hashOf(2), change: { caption: 'Back' } });
  const all = [1, 2, 3, 5, 1001];
  for (const n of all) await photos.settle(name(n), { state: 'stored' });
  clock.advance(40 * 24 * 3_600_000);
  const left = async (): Promise<readonly number[]> => {
    await photos.letGo(all.map((n) => ({ ...name(n), what: 'all' })));
    return (await held(photos)).map((hash) => Number.parseInt(hash, 16)).sort((a, b) => a - b);
  };

  expect(await left()).toEqual([1, 3, 5, 1001]);
  await device.run({ type: 'removePhotos', collection, item: lamp, photos: [hashOf(3)] });
  expect(await left()).toEqual([1, 5, 1001]);
  await confirmAll(device, collection);
  expect(await left()).toEqual([]);
});

test('[S53] what came from the relay is a copy, takes no place of bytes that are on their way, and is kept for no collection that left', async () => {
  const { device, photos, collection, lamp, name, give } = await openBench();
  await give(lamp, 1);
  const fetched = { itemId: lamp, blob: new Blob(['made by the relay']), thumbnail: new Blob(['turned']), view: '1.0.0.0' };

  await photos.keep(name(1), fetched);
  expect(await (await photos.bytes(name(1)))?.text()).toBe('picture 1');
  await photos.keep(name(2), fetched);
  expect((await photos.holdings()).map(({ hash, stored }) => [hash, stored])).toEqual([
    [hashOf(1), false],
    [hashOf(2), true],
  ]);
  await device.forget(collection);
  await photos.keep(name(2), fetched);
  expect(await photos.holdings()).toEqual([]);
});

test('[S54] rows kept before there were photos are read as rows without any', async () => {
  const { device, store, collection, lamp } = await openBench();
  const row = await store.read(['items'], (tx) => tx.get('items', lamp));
  const { photos: _photos, files: _files, look: _look, detected: _detected, ...old } = row ?? ({} as never);
  await store.write(['items'], async (tx) => tx.put('items', old as never), { durability: 'strict' });
  const found = [];
  for await (const rows of readRows(store, collection as CollectionId)) found.push(...rows);

  expect(found.map(({ photos, files }) => [photos, files])).toEqual([
    [[], []],
    [[], []],
  ]);
  expect(await device.store.read(['items', 'chunks'], (tx) => rowOf(tx, lamp))).toMatchObject({
    photos: [],
    files: [],
    look: null,
    detected: null,
  });
});
