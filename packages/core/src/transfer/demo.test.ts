import { newCollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { createMemoryDisk } from '../device/memory-store.ts';
import { openDevice } from '../device/open-device.ts';
import { ManualClock, SeededRandom } from '../device/testing/ports.ts';
import { demoCollection, demoPreview } from './demo.ts';
import { runImport } from './run-import.ts';

test('[T12] the demo is about 300 items in nested folders, with tags, values, barcodes, notes and full boxes', async () => {
  const random = new SeededRandom(1);
  const device = await openDevice({ store: createMemoryDisk().open(), clock: new ManualClock(), random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: demoCollection });

  const preview = demoPreview();
  const receipt = await runImport(preview, { collection, random, updates: false, run: (command, id) => device.run(command, id) });

  expect(preview.rows.filter((row) => row.outcome === 'error')).toEqual([]);
  expect(receipt.ended).toBe('done');
  const { items, folders, fields } = await device.store.read(['items', 'folders', 'collections'], async (tx) => ({
    items: await tx.range('items', {}),
    folders: await tx.range('folders', {}),
    fields: (await tx.get('collections', collection))?.fields ?? [],
  }));
  expect(items).toHaveLength(302);
  expect(fields.map((field) => [field.label, field.kind])).toEqual([
    ['Serial number', 'text'],
    ['Warranty until', 'date'],
  ]);
  expect(folders.filter((row) => row.parent !== '').length).toBeGreaterThan(15);
  const boxes = new Set<string>(items.filter((row) => row.canContain).map((row) => row.id));
  expect(boxes.size).toBe(4);
  expect(items.filter((row) => boxes.has(row.folderId)).length).toBeGreaterThan(25);
  for (const part of [(row: (typeof items)[number]) => row.tags.length, (row: (typeof items)[number]) => row.barcodes.length, (row: (typeof items)[number]) => row.note.length]) {
    expect(items.filter((row) => part(row) > 0).length).toBeGreaterThan(10);
  }
});
