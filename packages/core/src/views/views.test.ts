import type { ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FolderRow, ItemRow, PlaceId } from '../inventory/rows.ts';
import { foldText } from '../search.ts';
import type { ListQuery, SortField, Tree } from './queries.ts';
import { slotOrder } from './sorting.ts';
import { ItemColumns } from './columns.ts';
import { chainOf, isHidden, selectNaively, type Stored } from './testing/naive.ts';
import { collectionRow, folderIdOf, folderRow, itemIdOf, itemRow, shelf } from './testing/rows.ts';
import { createMemoryDisk } from '../device/memory-store.ts';
import { ManualClock } from '../device/testing/ports.ts';
import { createRowSource } from './row-source.ts';
import { createViews } from './views.ts';
import { openWorld, Reader } from './testing/world.ts';

const places: readonly string[] = ['', folderIdOf(0), folderIdOf(1), folderIdOf(2), itemIdOf(0), itemIdOf(1), folderIdOf(9)];
const place = fc.constantFrom(...places) as fc.Arbitrary<PlaceId>;
const tag = fc.constantFrom('red', 'blue', 'grün');
const when = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null, freq: 5 });

const anyItem: fc.Arbitrary<ItemRow> = fc
  .record({
    n: fc.nat({ max: 7 }),
    folderId: place,
    name: fc.constantFrom('Lamp', 'lamp 2', 'lamp 10', 'Étui', 'etui', 'Box'),
    canContain: fc.boolean(),
    order: fc.constantFrom('a', 'b', 'c'),
    tags: fc.uniqueArray(tag, { maxLength: 2 }),
    note: fc.constantFrom('', 'red lamp', 'signed'),
    quantity: fc.constantFrom(0, 1, 2.5),
    estimatedValue: fc.option(fc.record({ amount: fc.nat({ max: 500 }), currency: fc.constantFrom('EUR', 'USD') }), { nil: null }),
    archived: fc.boolean(),
    condition: fc.constantFrom('', 'mint', 'good', 'odd'),
    custom: fc.constantFrom({}, { size: 3 }, { size: '12' }, { size: 12 }),
    trashedAt: when,
    mergedInto: fc.option(fc.constant('it000000000000' as ItemId), { nil: null, freq: 9 }),
    movedAt: fc.nat({ max: 9 }),
    updatedAt: fc.nat({ max: 9 }),
  })
  .map(({ n, ...row }) => itemRow(n, row));

const anyFolder: fc.Arbitrary<FolderRow> = fc
  .record({ n: fc.nat({ max: 2 }), parent: place, trashedAt: when, movedAt: fc.nat({ max: 9 }) })
  .map(({ n, ...row }) => folderRow(n, row));

type Happening = { readonly items: [string, ItemRow | null][]; readonly folders: [string, FolderRow | null][]; readonly pause: number };

const happening: fc.Arbitrary<Happening> = fc.record({
  items: fc.array(fc.oneof({ weight: 5, arbitrary: anyItem.map((row): [string, ItemRow | null] => [row.id, row]) }, { weight: 1, arbitrary: fc.nat({ max: 7 }).map((n): [string, null] => [itemIdOf(n), null]) }), { maxLength: 4 }),
  folders: fc.array(fc.oneof({ weight: 4, arbitrary: anyFolder.map((row): [string, FolderRow | null] => [row.id, row]) }, { weight: 1, arbitrary: fc.nat({ max: 2 }).map((n): [string, null] => [folderIdOf(n), null]) }), { maxLength: 1 }),
  pause: fc.nat({ max: 3 }),
});

const sorts: readonly SortField[] = ['order', 'name', 'type', 'quantity', 'value', 'createdAt', 'updatedAt', 'condition', 'series', 'x:size'];

const anyQuery: fc.Arbitrary<ListQuery> = fc.record(
  {
    collection: fc.constant(shelf),
    place: fc.oneof(place, fc.constant('recovered' as const)),
    within: fc.boolean(),
    text: fc.constantFrom('', 'LAMP', 'etui', 'red lamp', 'grun'),
    tags: fc.uniqueArray(tag, { maxLength: 2 }),
    trash: fc.boolean(),
    archived: fc.boolean(),
    sort: fc.constantFrom(...sorts),
    descending: fc.boolean(),
  },
  { requiredKeys: ['collection'] },
);

/** The order stands or falls by its own rules; here it only has to be total. */
function sorted(stored: Stored, query: ListQuery, ids: readonly ItemId[]): readonly ItemId[] {
  const columns = new ItemColumns();
  for (const row of stored.items.values()) columns.set(row);
  const compare = slotOrder(columns, query.sort ?? 'order', query.descending ?? false);
  return ids.toSorted((a, b) => compare(columns.slot(a) ?? 0, columns.slot(b) ?? 0));
}

const startRows = fc.record({ items: fc.uniqueArray(anyItem, { maxLength: 6, selector: (row) => row.id }), folders: fc.uniqueArray(anyFolder, { maxLength: 3, selector: (row) => row.id }) });

test('[Q1] a list kept from splices alone equals the query answered from scratch, whatever happens while it is read', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(startRows, fc.array(anyQuery, { minLength: 1, maxLength: 4 }), fc.array(happening, { maxLength: 8 }), async (start, queries, happenings) => {
      const world = await openWorld(start);
      const readers = queries.map((query) => new Reader(world.views, query));
      for (const { pause, ...change } of happenings) {
        await world.settle(pause);
        await world.change(change);
      }
      await world.settle(12);

      queries.forEach((query, n) => {
        const reader = readers[n] as Reader;
        expect(reader.isComplete).toBe(true);
        expect(reader.ids).toEqual(sorted(world, query, selectNaively(world, query)));
        for (const [id, row] of reader.rows) expect(row).toEqual(world.items.get(id));
      });
    }),
    { numRuns: 1000 },
  );
});

/** Counts from scratch, box by box. */
function countNaively(stored: Stored, folder: string): { readonly items: number; readonly itemsWithin: number; readonly valueWithin: { readonly [currency: string]: number } } {
  const shown = [...stored.items.values()].filter((row) => row.mergedInto === null && row.trashedAt === null && !isHidden(stored, row.folderId));
  const inside = shown.filter((row) => chainOf(stored, row.folderId).includes(folder));
  const valueWithin: { [currency: string]: number } = {};
  for (const { estimatedValue, quantity } of inside) {
    if (estimatedValue === null) continue;
    const sum = (valueWithin[estimatedValue.currency] ?? 0) + Math.round(estimatedValue.amount * quantity);
    if (sum !== 0) valueWithin[estimatedValue.currency] = sum;
  }
  return { items: shown.filter((row) => chainOf(stored, row.folderId)[0] === folder).length, itemsWithin: inside.length, valueWithin };
}

test('[Q6] counts, totals and tags kept by adding and subtracting equal those counted from scratch', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(startRows, fc.array(happening, { maxLength: 8 }), async (start, happenings) => {
      const world = await openWorld(start);
      let tree: Tree | undefined;
      world.views.tree(shelf, (told) => (tree = told));
      for (const { pause, ...change } of happenings) {
        await world.settle(pause);
        await world.change(change);
      }
      await world.settle(45);

      const visible = [...world.folders.values()].filter((row) => !isHidden(world, row.id));
      expect(tree?.complete).toBe(true);
      expect(tree?.nodes.map((node) => node.row.id).toSorted()).toEqual(visible.map((row) => row.id).toSorted());
      for (const node of tree?.nodes ?? []) {
        const { items, itemsWithin, valueWithin } = node;
        expect({ items, itemsWithin, valueWithin }).toEqual(countNaively(world, node.row.id));
        expect(node.shownIn).toBe(chainOf(world, node.row.id)[1]);
      }
      expect(tree?.top).toEqual(countNaively(world, ''));
      expect(tree?.recovered.itemsWithin).toBe(countNaively(world, 'recovered').itemsWithin);
      expect(tree?.trashed).toEqual({
        items: [...world.items.values()].filter((row) => row.trashedAt !== null && row.mergedInto === null).length,
        folders: [...world.folders.values()].filter((row) => row.trashedAt !== null).length,
      });
      const shown = selectNaively(world, { collection: shelf });
      const tagged = (one: string): number => shown.filter((id) => world.items.get(id)?.tags.includes(one)).length;
      expect(tree?.tags).toEqual(['blue', 'grün', 'red'].flatMap((one) => (tagged(one) > 0 ? [{ tag: one, items: tagged(one) }] : [])));
    }),
    { numRuns: 1000 },
  );
});

test('[Q7] search finds what a naive look at every row finds, names first', { timeout: 60_000 }, async () => {
  const texts = fc.constantFrom('lamp', 'ETUI', 'Étui', 'la', 'red', 'red lamp', 'gru', '12', 'zzz', ' ', 'mint');
  await fc.assert(
    fc.asyncProperty(startRows, fc.array(happening, { maxLength: 4 }), texts, async (start, happenings, text) => {
      const world = await openWorld(start);
      await world.settle(8);
      for (const { items, folders } of happenings) await world.change({ items, folders });

      const hits = await world.views.search(text, 100);

      const expected = text.trim() === '' ? [] : selectNaively(world, { collection: shelf, text });
      expect(hits.map((hit) => hit.row.id).toSorted()).toEqual(expected.toSorted());
      const inName = hits.map(({ row }) => foldText(row.name).includes(foldText(text)));
      if (!text.includes(' ')) expect(inName).toEqual(inName.toSorted((a, b) => Number(b) - Number(a)));
    }),
    { numRuns: 1000 },
  );
});

test('[Q2] an edit that does not move a row is told as that row alone', async () => {
  const rows = Array.from({ length: 50 }, (_, n) => itemRow(n));
  const world = await openWorld({ items: rows });
  const reader = new Reader(world.views, { collection: shelf, place: '' });
  await world.settle();
  const before = reader.changes.length;

  await world.change({ items: [[itemIdOf(7), itemRow(7, { note: 'new' })]] });

  expect(reader.changes.slice(before)).toEqual([{ splices: [], rows: [itemRow(7, { note: 'new' })], complete: true }]);
});

test('[Q2] a row that moves is told as one splice where it left and one where it came', async () => {
  const world = await openWorld({ items: Array.from({ length: 5 }, (_, n) => itemRow(n)) });
  const reader = new Reader(world.views, { collection: shelf });
  await world.settle();
  const before = reader.changes.length;

  await world.change({ items: [[itemIdOf(0), itemRow(0, { order: 'b' })]] });

  expect(reader.changes.slice(before)[0]?.splices).toEqual([
    { at: 0, remove: 1, insert: [] },
    { at: 4, remove: 0, insert: [itemIdOf(0)] },
  ]);
});

test('[Q3] the first rows of a place come before the collection has been read', async () => {
  const rows = Array.from({ length: 3000 }, (_, n) => itemRow(n, { order: `a${String(5000 - n)}` }));
  const world = await openWorld({ items: rows });
  const reader = new Reader(world.views, { collection: shelf, place: '' });
  while (reader.changes.length === 0) await world.settle(1);

  const [first] = reader.changes;

  expect(first?.complete).toBe(false);
  expect(first?.ids?.slice(0, 3)).toEqual([itemIdOf(2999), itemIdOf(2998), itemIdOf(2997)]);
  expect(first?.rows).toHaveLength(100);
  await world.settle();
  expect(reader.isComplete).toBe(true);
  expect(reader.ids).toHaveLength(3000);
});

test('[Q4] names sort naturally, numbers by value, and what is missing comes last in both directions', async () => {
  const names = ['Item 10', 'Item 2', 'étui', 'Etage', 'item 2'];
  const world = await openWorld({ items: names.map((name, n) => itemRow(n, { name, estimatedValue: n % 2 === 0 ? { amount: n, currency: 'EUR' } : null })) });
  const byName = new Reader(world.views, { collection: shelf, sort: 'name' });
  const byValue = new Reader(world.views, { collection: shelf, sort: 'value', descending: true });
  await world.settle();

  expect(byName.ids.map((id) => world.items.get(id)?.name)).toEqual(['Etage', 'étui', 'item 2', 'Item 2', 'Item 10']);
  expect(byValue.ids.map((id) => world.items.get(id)?.estimatedValue?.amount)).toEqual([4, 2, 0, undefined, undefined]);
});

test('[Q5] what lies in a trashed folder is hidden with it, seen by looking into it, and back when it is restored', async () => {
  const folder = folderIdOf(1);
  const world = await openWorld({ folders: [folderRow(1)], items: [itemRow(1, { folderId: folder, name: 'Lamp' }), itemRow(2, { trashedAt: 5 })] });
  const all = new Reader(world.views, { collection: shelf });
  const trash = new Reader(world.views, { collection: shelf, trash: true });
  const inside = new Reader(world.views, { collection: shelf, trash: true, place: folder });
  await world.settle();

  await world.change({ folders: [[folder, folderRow(1, { trashedAt: 9 })]] });
  expect([all.ids, trash.ids, inside.ids]).toEqual([[], [itemIdOf(2)], [itemIdOf(1)]]);
  expect(await world.views.search('lamp', 5)).toEqual([]);

  await world.change({ folders: [[folder, folderRow(1)]] });
  expect([all.ids, inside.ids]).toEqual([[itemIdOf(1)], []]);
});

test('[Q8] a change told while rows are being read is not undone by what was read', async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const world = await openWorld({ items: [itemRow(1), itemRow(2)] }, (source) => ({
    ...source,
    slice: async (...asked) => {
      const read = await source.slice(...asked);
      await gate;
      return read;
    },
  }));
  const reader = new Reader(world.views, { collection: shelf, sort: 'name' });
  await world.settle(5);
  await world.change({ items: [[itemIdOf(1), null], [itemIdOf(2), itemRow(2, { name: 'Newer' })]] });
  release();
  await world.settle();

  expect(reader.ids).toEqual([itemIdOf(2)]);
  expect((await world.views.search('newer', 5)).map((hit) => hit.row.name)).toEqual(['Newer']);
});

test('[Q9] a collection that is forgotten leaves its lists empty, and one that appears is read', async () => {
  const world = await openWorld({ items: [itemRow(1)] });
  const reader = new Reader(world.views, { collection: shelf });
  const names: string[][] = [];
  world.views.collections((rows) => names.push(rows.map((row) => row.name)));
  await world.settle(40);

  await world.change({ root: null });
  await world.settle(40);
  expect([reader.ids, await world.views.search('item', 5), names.at(-1)]).toEqual([[], [], []]);

  await world.change({ root: collectionRow({ name: 'Back' }) });
  await world.settle(40);
  expect([reader.ids, names.at(-1)]).toEqual([[itemIdOf(1)], ['Back']]);
});

test('[Q10] an item whose place is missing is listed under Recovered', async () => {
  const world = await openWorld({ items: [itemRow(1, { folderId: folderIdOf(8) })] });
  const reader = new Reader(world.views, { collection: shelf, place: 'recovered' });
  await world.settle();

  expect(reader.ids).toEqual([itemIdOf(1)]);
});

test('[Q9] a device without collections answers that there are none', async () => {
  const views = createViews({ rows: createRowSource(createMemoryDisk().open()), clock: new ManualClock(), onError: () => undefined });
  const told: number[] = [];
  views.collections((rows) => told.push(rows.length));
  await expect.poll(() => told).toEqual([0]);
});
