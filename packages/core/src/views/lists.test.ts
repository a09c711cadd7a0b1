import { expect, test } from 'vitest';
import { collectionRow, folderIdOf, folderRow, itemIdOf, itemRow, shelf } from './testing/rows.ts';
import { ItemColumns } from './columns.ts';
import { createRowSource } from './row-source.ts';
import { slotOrder } from './sorting.ts';
import { openWorld, Reader } from './testing/world.ts';
import { createViews } from './views.ts';

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
  const world = await openWorld({
    items: names.map((name, n) => itemRow(n, { name, estimatedValue: n % 2 === 0 ? { amount: n, currency: 'EUR' } : null })),
  });
  const byName = new Reader(world.views, { collection: shelf, sort: 'name' });
  const byValue = new Reader(world.views, { collection: shelf, sort: 'value', descending: true });
  await world.settle();

  expect(byName.ids.map((id) => world.items.get(id)?.name)).toEqual(['Etage', 'étui', 'Item 2', 'item 2', 'Item 10']);
  expect(byValue.ids.map((id) => world.items.get(id)?.estimatedValue?.amount)).toEqual([4, 2, 0, undefined, undefined]);
});

test('[Q4] every sort is a total order, also of values that do not go together', () => {
  const columns = new ItemColumns();
  const values = [3, 12, '12', '3', 'x', -5, true, false, '', null, '-7', 1e21];
  values.forEach((value, n) => columns.set(itemRow(n, { custom: { size: value }, condition: String(value), name: String(value) })));
  const slots = values.map((_, n) => n);
  const pairs = slots.flatMap((a) => slots.map((b) => [a, b] as const));
  for (const sort of ['x:size', 'condition', 'name'] as const) {
    const compare = slotOrder(columns, sort, false);
    for (const [a, b] of pairs) {
      expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) || 0);
      const after = slots.filter((c) => compare(a, b) < 0 && compare(b, c) < 0);
      expect(after.every((c) => compare(a, c) < 0)).toBe(true);
    }
  }
});

test('[Q5] what lies in a trashed folder is hidden with it, seen by looking into it, and back when it is restored', async () => {
  const folder = folderIdOf(1);
  const world = await openWorld({
    folders: [folderRow(1)],
    items: [itemRow(1, { folderId: folder, name: 'Lamp' }), itemRow(2, { trashedAt: 5 })],
  });
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
  await world.change({
    items: [
      [itemIdOf(1), null],
      [itemIdOf(2), itemRow(2, { name: 'Newer' })],
    ],
  });
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
  const world = await openWorld();
  await world.change({ root: null });
  const told: number[] = [];
  const empty = createViews({ rows: createRowSource(world.store), clock: world.clock, onError: () => undefined });
  empty.collections((rows) => told.push(rows.length));
  const reader = new Reader(empty, { collection: shelf });
  await world.settle(40);

  expect([told, reader.changes]).toEqual([[0], [{ ids: [], splices: [], rows: [], complete: true }]]);
});
