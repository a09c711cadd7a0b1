import { createMemoryDisk, openDevice, type Device } from '@cacaw/core/device';
import {
  previewImport,
  readImport,
  runImport,
  suggestMapping,
  undoImport,
  type ImportInto,
  type ImportPreview,
  type ImportReceipt,
} from '@cacaw/core/transfer';
import { itemsShownBy } from '@cacaw/core/testing';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { createSimulatedClock } from '../clock.ts';
import { createSeededRandom } from '../random.ts';
import { homeboxCsv, type HomeboxFile } from './homebox-csv.ts';

const rows = 5000;

interface Bench {
  readonly device: Device;
  readonly collection: CollectionId;
  preview(file: HomeboxFile): Promise<ImportPreview>;
  import(preview: ImportPreview): Promise<ImportReceipt>;
  stored(): Promise<ImportInto>;
}

async function openBench(): Promise<Bench> {
  const random = createSeededRandom(7);
  const clock = createSimulatedClock(async () => undefined);
  const device = await openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  const stored = async (): Promise<ImportInto> => ({
    ...(await device.store.read(['collections', 'folders'], async (tx) => ({
      folders: await tx.range('folders', {}),
      fields: (await tx.get('collections', collection))?.fields ?? [],
    }))),
    items: await itemsShownBy(device.store, collection),
  });
  return {
    device,
    collection,
    stored,
    preview: async (file) => {
      const into = await stored();
      const table = readImport(file.bytes);
      return previewImport(table, suggestMapping(table, { currency: 'EUR', fields: into.fields }), into);
    },
    import: (preview) => runImport(preview, { collection, random, updates: true, run: (command, id) => device.run(command, id) }),
  };
}

test('[T3] of 5,000 Homebox rows exactly the seven bad ones are refused, each with its line and reason', async () => {
  const file = homeboxCsv(rows);
  const bench = await openBench();

  const preview = await bench.preview(file);

  expect(preview.counts).toEqual({ create: rows - 7, update: 0, same: 0, error: 7 });
  const errors = preview.rows.flatMap((row) => (row.outcome === 'error' ? [row] : []));
  expect(errors.map((row) => row.line)).toEqual(file.bad.map((bad) => bad.line));
  errors.forEach((row, n) => expect(row.reason).toContain(file.bad[n]?.reason));
  expect(preview.folders).toHaveLength(file.folders);
});

test(
  '[T5] importing 5,000 rows, taking it back, importing again and once more creates what it should and nothing twice',
  { timeout: 60_000 },
  async () => {
    const file = homeboxCsv(rows);
    const bench = await openBench();
    const live = async () => [...(await bench.stored()).items].filter((item) => item.trashedAt === null);

    const receipt = await bench.import(await bench.preview(file));
    expect(receipt).toMatchObject({ ended: 'done', rowsDone: file.good });
    expect(await live()).toHaveLength(file.good);
    expect((await live()).filter((item) => item.folderId.length === 14)).toHaveLength(file.inside);

    await bench.device.run(undoImport(receipt));
    expect(await live()).toHaveLength(0);

    const again = await bench.preview(file);
    expect(again.counts).toMatchObject({ create: file.good, update: 0 });
    await bench.import(again);
    const third = await bench.preview(file);
    expect(third.counts).toEqual({ create: 0, update: 0, same: file.good, error: 7 });

    await bench.device[Symbol.asyncDispose]();
  },
);
