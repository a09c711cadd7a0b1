import { createMemoryDisk, openDevice, type Device } from '@cacaw/core/device';
import { newCollectionId, newFolderId, type CollectionId, type Clock, type FolderId, type Random } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { ArchiveError } from './read-archive.ts';
import { isBackupFile } from './read-backup.ts';
import { restoreArchive, type Restored } from './restore-archive.ts';

let seed = 7;
const random: Random = { bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff) };
const clock: Clock = { now: () => 1_800_000_000_000, after: () => () => undefined };
const hash = 'a'.repeat(64);

const fresh = (): Promise<Device> => openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
const rowsOf = (device: Device) =>
  device.store.read(['collections', 'folders', 'items'], (tx) =>
    Promise.all([tx.range('collections', {}), tx.range('folders', {}), tx.range('items', {})]),
  );

/** A backup as the app saves it, of a device with a folder, an item in it with all there is to it, and one in the trash. */
async function saved(): Promise<{ readonly text: string; readonly collection: CollectionId }> {
  const device = await fresh();
  const [collection, folder]: [CollectionId, FolderId] = [newCollectionId(random), newFolderId(random)];
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Cellar', type: 'wine', currency: 'EUR' } });
  await device.run({ type: 'addFolder', collection, draft: { id: folder, name: 'Rack', color: '#aa3311' } });
  const barolo = { name: 'Barolo', folderId: folder, quantity: 3, tags: ['red'], note: 'Decant', barcodes: ['4006381333931'] };
  const draft = { ...barolo, estimatedValue: { amount: 4_200, currency: 'EUR' } };
  const { items } = await device.run({ type: 'addItems', collection, drafts: [draft, { name: 'Corked' }] });
  await device.run({ type: 'trash', collection, items: items.slice(1), folders: [] });
  const [[row], folders, kept] = await rowsOf(device);
  await device[Symbol.asyncDispose]();
  const gone = { collection: { ...row, name: 'Gone', gone: 'erased' }, folders: [], items: [] };
  const collections = [{ collection: row, folders, items: kept }, gone];
  return { text: JSON.stringify({ format: 'cacaw-backup', version: 1, exportedAt: '2026-11-29T10:00:00.000Z', collections }), collection };
}

const restore = (device: Device, text: string): Promise<Restored> =>
  restoreArchive(
    {
      ...{ random, run: (command, id) => device.run(command, id), writeNotebook: async () => undefined },
      takePhoto: async () => ({ reason: 'is not asked for' }),
      hashOf: async () => hash as never,
    },
    new Blob([text]),
    { onProgress: () => undefined, signal: new AbortController().signal },
  );

test('[W62] a backup comes back whole on a device that has nothing of it, under ids of its own', async () => {
  const { text, collection } = await saved();
  const device = await fresh();

  expect(await restore(device, text)).toMatchObject({ ended: 'done', items: 2, problems: [] });

  const [collections, folders, items] = await rowsOf(device);
  expect(collections).toMatchObject([{ name: 'Cellar', type: 'wine', currency: 'EUR', mode: 'local' }]);
  expect(collections[0]?.id).not.toBe(collection);
  expect(folders).toMatchObject([{ name: 'Rack', color: '#aa3311' }]);
  const [barolo, corked] = items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  expect(barolo).toMatchObject({
    name: 'Barolo',
    quantity: 3,
    tags: ['red'],
    note: 'Decant',
    barcodes: ['4006381333931'],
    trashedAt: null,
  });
  expect(barolo).toMatchObject({ folderId: folders[0]?.id, estimatedValue: { amount: 4_200, currency: 'EUR' } });
  expect(corked).toMatchObject({ name: 'Corked', trashedAt: expect.any(Number) as unknown });
});

test('[W62] photos, whose bytes no backup holds, are named with their item, which comes all the same', async () => {
  const { text } = await saved();
  const photo = { hash, width: 4, height: 3, bytes: 10, mediaType: 'image/webp', order: 'a0', caption: '', view: null };
  const device = await fresh();

  const { items, problems } = await restore(device, text.replace('"photos":[]', `"photos":[${JSON.stringify(photo)}]`));

  expect(items).toBe(2);
  expect(problems).toEqual([{ name: expect.any(String) as unknown, reason: expect.stringContaining('is not in a backup') as unknown }]);
});

test('[W62] a backup that is damaged is refused with what to do and leaves nothing behind; other files are none', async () => {
  const { text } = await saved();
  const whole = JSON.parse(text) as { readonly collections: readonly unknown[] };
  const damaged = {
    'cut off': text.slice(0, -20),
    'of a newer version': text.replace('"version":1', '"version":2'),
    'without collections': text.replace('"collections":', '"nothing":'),
    'with a folder that is none': text.replace('"sort":""', '"sort":7'),
    'with rows that are numbers': text.replace(/"items":\[\{/, '"items":[7,{'),
    'of collections that were gone': JSON.stringify({ ...whole, collections: whole.collections.slice(1) }),
  };
  for (const [what, changed] of Object.entries(damaged)) {
    const device = await fresh();
    const error = await restore(device, changed).catch((thrown: unknown) => thrown);
    expect(error, what).toBeInstanceOf(ArchiveError);
    expect((await rowsOf(device)).flat(), what).toEqual([]);
  }
  expect(await isBackupFile(new Blob([text]))).toBe(true);
  for (const other of ['', 'PK', 'name;quantity', '{"version":"1.0.0"}']) expect(await isBackupFile(new Blob([other])), other).toBe(false);
});
