import type { ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldText } from '../search.ts';
import { ItemColumns } from './columns.ts';
import type { ListQuery, Tree } from './queries.ts';
import { slotOrder } from './sorting.ts';
import { anyQuery, history, startRows, type Happening } from './testing/arbitrary.ts';
import { chainOf, isHidden, selectNaively, type Stored } from './testing/naive.ts';
import { shelf } from './testing/rows.ts';
import { openWorld, Reader, type World } from './testing/world.ts';

/** The order stands or falls by its own rules; here it only has to be total. */
function sorted(stored: Stored, query: ListQuery, ids: readonly ItemId[]): readonly ItemId[] {
  const columns = new ItemColumns();
  for (const row of stored.items.values()) columns.set(row);
  const compare = slotOrder(columns, query.sort ?? 'order', query.descending ?? false);
  return ids.toSorted((a, b) => compare(columns.slot(a) ?? 0, columns.slot(b) ?? 0));
}

test(
  '[Q1] a list kept from splices alone equals the query answered from scratch, whatever happens while it is read',
  { timeout: 60_000 },
  async () => {
    let splices = 0;
    await fc.assert(
      fc.asyncProperty(startRows, fc.array(anyQuery, { maxLength: 3 }), history, async (start, asked, happenings) => {
        const world = await openWorld(start);
        const queries = [{ collection: shelf }, ...asked];
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
          splices += reader.changes.reduce((sum, change) => sum + Math.max(0, change.splices.length - 1), 0);
        });
      }),
      { numRuns: 1000 },
    );
    expect(splices).toBeGreaterThan(100);
  },
);

/** Counts from scratch, box by box. */
function countNaively(
  stored: Stored,
  folder: string,
): { readonly items: number; readonly itemsWithin: number; readonly valueWithin: { readonly [currency: string]: number } } {
  const shown = [...stored.items.values()].filter(
    (row) => row.mergedInto === null && row.trashedAt === null && !isHidden(stored, row.folderId),
  );
  const inside = shown.filter((row) => chainOf(stored, row.folderId).includes(folder));
  const valueWithin: { [currency: string]: number } = {};
  for (const { estimatedValue, quantity } of inside) {
    if (estimatedValue === null) continue;
    const sum = (valueWithin[estimatedValue.currency] ?? 0) + Math.round(estimatedValue.amount * quantity);
    if (sum !== 0) valueWithin[estimatedValue.currency] = sum;
  }
  return { items: shown.filter((row) => chainOf(stored, row.folderId)[0] === folder).length, itemsWithin: inside.length, valueWithin };
}

async function treeAfter(
  start: Parameters<typeof openWorld>[0],
  happenings: readonly Happening[],
): Promise<{ readonly world: World; readonly tree: Tree }> {
  const world = await openWorld(start);
  const told: Tree[] = [];
  world.views.tree(shelf, (tree) => told.push(tree));
  for (const { pause, ...change } of happenings) {
    await world.settle(pause);
    await world.change(change);
  }
  await world.settle(45);
  return { world, tree: told.at(-1) as Tree };
}

const isTrashed = (row: { readonly trashedAt: number | null }): boolean => row.trashedAt !== null;

/** Tags of everything shown, with how many items carry each. */
function tagsNaively(world: World): readonly { readonly tag: string; readonly items: number }[] {
  const shown = selectNaively(world, { collection: shelf });
  const counted = ['blue', 'grün', 'red'].map((tag) => ({
    tag,
    items: shown.filter((id) => world.items.get(id)?.tags.includes(tag)).length,
  }));
  return counted.filter(({ items }) => items > 0);
}

test('[Q6] counts, totals and tags kept by adding and subtracting equal those counted from scratch', { timeout: 60_000 }, async () => {
  let counted = 0;
  await fc.assert(
    fc.asyncProperty(startRows, history, async (start, happenings) => {
      const { world, tree } = await treeAfter(start, happenings);

      const visible = [...world.folders.values()].filter((row) => !isHidden(world, row.id));
      expect(tree.complete).toBe(true);
      expect(tree.nodes.map((node) => node.row.id).toSorted()).toEqual(visible.map((row) => row.id).toSorted());
      for (const { row, shownIn, items, itemsWithin, valueWithin } of tree.nodes) {
        expect({ items, itemsWithin, valueWithin }).toEqual(countNaively(world, row.id));
        expect(shownIn).toBe(chainOf(world, row.id)[1]);
      }
      expect(tree.top).toEqual(countNaively(world, ''));
      expect(tree.recovered.itemsWithin).toBe(countNaively(world, 'recovered').itemsWithin);
      expect(tree.trashed.items).toBe([...world.items.values()].filter((row) => isTrashed(row) && row.mergedInto === null).length);
      expect(tree.trashed.folders).toBe([...world.folders.values()].filter(isTrashed).length);
      expect(tree.tags).toEqual(tagsNaively(world));
      counted += tree.nodes.length + tree.tags.length;
    }),
    { numRuns: 1000 },
  );
  expect(counted).toBeGreaterThan(1000);
});

test('[Q7] search finds what a naive look at every row finds, names first', { timeout: 60_000 }, async () => {
  let found = 0;
  const texts = fc.constantFrom('lamp', 'ETUI', 'Étui', 'la', 'red', 'red lamp', 'gru', '12', 'zzz', ' ', 'mint');
  await fc.assert(
    fc.asyncProperty(startRows, history, texts, async (start, happenings, text) => {
      const world = await openWorld(start);
      await world.settle(8);
      for (const { items, folders } of happenings) await world.change({ items, folders });

      const hits = await world.views.search(text, 100);

      const expected = text.trim() === '' ? [] : selectNaively(world, { collection: shelf, text });
      expect(hits.map((hit) => hit.row.id).toSorted()).toEqual(expected.toSorted());
      found += hits.length;
      const inName = hits.map(({ row }) => foldText(row.name).includes(foldText(text)));
      if (!text.includes(' ')) expect(inName).toEqual(inName.toSorted((a, b) => Number(b) - Number(a)));
    }),
    { numRuns: 1000 },
  );
  expect(found).toBeGreaterThan(1000);
});
