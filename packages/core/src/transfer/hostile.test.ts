import { createHash } from 'node:crypto';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodBackup, goodBundle, hostileJson, placesIn, replaced } from '../../test/hostile-backups.ts';
import { hostileTables, hostileTexts, type HostileFile } from '../../test/hostile-files.ts';
import type { Device } from '../device/device.ts';
import { createMemoryDisk } from '../device/memory-store.ts';
import { openDevice } from '../device/open-device.ts';
import { itemsShownBy } from '../device/testing/oracle.ts';
import { ManualClock, SeededRandom } from '../device/testing/ports.ts';
import { createItemsCsv } from './items-csv.ts';
import { previewImport } from './preview.ts';
import { isBundle, readBundle } from './read-bundle.ts';
import { readImport } from './read-import.ts';
import { recreateBundle } from './recreate.ts';
import { runImport } from './run-import.ts';
import { suggestMapping } from './suggest-mapping.ts';
import { ImportError } from './table.ts';
import { createBundleWriter } from './write-bundle.ts';

interface Desk {
  readonly device: Device;
  readonly collection: CollectionId;
  readonly random: SeededRandom;
}

async function openDesk(): Promise<Desk> {
  const random = new SeededRandom(11);
  const device = await openDevice({ store: createMemoryDisk().open(), clock: new ManualClock(), random, idleMs: 0 });
  return { device, collection: newCollectionId(random), random };
}

const longestReason = 600;
const expectSaid = (reason: string, name: string): void => {
  expect(reason.trim(), name).not.toBe('');
  expect(reason.isWellFormed() && reason.length < longestReason, `${name}: ${reason.slice(0, 700)}`).toBe(true);
};

/** Refused with advice, or everything a preview promised is there, and can be taken along again. */
async function importTable({ name, fileName, content }: HostileFile): Promise<'refused' | number> {
  const table = tableOf(content, fileName);
  if (typeof table === 'string') {
    expectSaid(table, name);
    return 'refused';
  }
  const { device, collection, random } = await openDesk();
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  const preview = previewImport(table, suggestMapping(table, { currency: 'EUR', fields: [] }), { folders: [], items: [], fields: [] });
  for (const row of preview.rows) if (row.outcome === 'error') expectSaid(row.reason, name);

  const receipt = await runImport(preview, { collection, random, updates: true, run: (command, id) => device.run(command, id) });

  expect({ ended: receipt.ended, error: receipt.error }, name).toEqual({ ended: 'done', error: undefined });
  expect(await exported({ device, collection }), name).toBe(preview.counts.create);
  await device[Symbol.asyncDispose]();
  return preview.counts.create;
}

function tableOf(content: HostileFile['content'], fileName: string): ReturnType<typeof readImport> | string {
  try {
    return readImport(content, { fileName });
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    throw error;
  }
}

/** Refused with advice, or every row of the file is there or named with a reason. */
async function importBundle({ name, content }: HostileFile): Promise<'no bundle' | 'refused' | number> {
  const bundle = bundleOf(String(content));
  if (bundle === undefined) return 'no bundle';
  if (typeof bundle === 'string') {
    expectSaid(bundle, name);
    return 'refused';
  }
  const { device, collection, random } = await openDesk();

  const receipt = await recreateBundle(bundle, { collection, random, run: (command, id) => device.run(command, id) });

  expect({ ended: receipt.ended, error: receipt.error }, name).toEqual({ ended: 'done', error: undefined });
  for (const { reason } of receipt.problems) expectSaid(reason, name);
  expect(await exported({ device, collection }), name).toBe(receipt.rowsDone);
  await device[Symbol.asyncDispose]();
  return receipt.rowsDone;
}

function bundleOf(text: string): ReturnType<typeof readBundle> | string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isBundle(value) ? readBundle(value) : undefined;
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Takes all of a collection along as CSV and as a bundle; gives back how many items it has. */
async function exported({ device, collection }: Pick<Desk, 'device' | 'collection'>): Promise<number> {
  const items = await itemsShownBy(device.store, collection);
  const [folders, row] = await device.store.read(['collections', 'folders'], (tx) =>
    Promise.all([tx.range('folders', {}), tx.get('collections', collection)]),
  );
  const csv = createItemsCsv(folders, row?.fields ?? []);
  expect((csv.begin() + csv.items(items)).isWellFormed()).toBe(true);
  const hash = createHash('sha256');
  const writer = createBundleWriter({ update: (text) => hash.update(text), digest: () => hash.digest('hex') });
  if (row === undefined) return items.length;
  const head = { collection: row, folders, notebook: [], exportedAt: new Date(0), appVersion: '1' };
  const again = readBundle(JSON.parse(writer.begin(head) + writer.items(items) + writer.end()));
  expect([again.items.length, again.problems]).toEqual([items.length, []]);
  return items.length;
}

/** Every try at night, some of the many by day. */
const stride = process.env['CACAW_HOSTILE'] === 'full' ? 1 : 7;

describe('hostile files', () => {
  test(
    '[T20] a hostile table ends in an error with advice, in named rows or in harmless text, and all that was previewed is there',
    { timeout: 120_000 },
    async () => {
      const outcomes: unknown[] = [];
      for (const file of hostileTables(stride === 1 ? 100_000 : 10_000)) outcomes.push(await importTable(file));

      expect(outcomes).toContain('refused');
      expect(outcomes.filter((one) => typeof one === 'number' && one > 0).length).toBeGreaterThan(30);
    },
  );

  test('[T20] so does a hostile backup, read as a table and as a collection whole', { timeout: 120_000 }, async () => {
    const outcomes: unknown[] = [];
    const files = hostileJson();
    for (const [at, file] of files.entries())
      if (at % stride === 0 || !file.name.includes(' is ')) outcomes.push(await importTable(file), await importBundle(file));

    for (const one of ['refused', 'no bundle', 0, 1]) expect(outcomes).toContain(one);
    expect(({} as { readonly isOperator?: boolean }).isOperator).toBeUndefined();
  });

  test('[T21] whatever is changed in good files, they are refused with advice or come in whole', { timeout: 120_000 }, async () => {
    const value = fc.oneof(fc.constantFrom(...Object.values(hostileTexts)), fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 60 }));
    const places = placesIn(goodBundle);
    const change = fc.array(fc.tuple(fc.nat(places.length - 1), value), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(goodBackup, goodBundle), change, fc.nat(1_200), async (good, changes, cut) => {
        const changed = changes.reduce<unknown>((file, [place, one]) => {
          const path = places[place] ?? [];
          return has(file, path) ? replaced(file, path, one) : file;
        }, good);
        const whole = JSON.stringify(changed) ?? '';
        for (const content of [whole, whole.slice(0, cut) + whole.slice(cut + 1)]) {
          const file = { name: content, fileName: 'file.json', content };
          await importTable(file);
          await importBundle(file);
        }
      }),
      { numRuns: 1_400 / stride },
    );
  });
});

function has(value: unknown, path: readonly string[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as { readonly [key: string]: unknown })[key];
  }
  return true;
}
