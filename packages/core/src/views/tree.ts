import type { FolderRow } from '../inventory/rows.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { FolderNode, Totals, Tree } from './queries.ts';
import { naturally } from './sorting.ts';

/** Sums over a place and everything below it. */
interface Sum {
  items: number;
  readonly totals: Map<number, number>;
}

/** The folders of a collection with what lies in them, as the index knows it now. */
export function treeOf(index: CollectionIndex): Tree {
  const rollUp = new RollUp(index);
  const nodes = folderNodes(index, rollUp);
  const top = rollUp.at('');
  const recovered = rollUp.at('recovered');
  return {
    nodes,
    top: { items: top.items, itemsWithin: top.itemsWithin, valueWithin: top.valueWithin },
    recovered: { items: recovered.items, itemsWithin: recovered.itemsWithin },
    trashed: { items: index.counts.trashed, folders: trashedFoldersOf(index).length },
    tags: rollUp.tags(),
    fields: index.root?.fields ?? [],
    complete: index.isComplete,
  };
}

/** Folders that were trashed themselves, newest first. */
export const trashedFoldersOf = (index: CollectionIndex): readonly FolderRow[] =>
  [...index.folders.values()].filter((row) => row.trashedAt !== null).sort((a, b) => (b.trashedAt ?? 0) - (a.trashedAt ?? 0));

function folderNodes(index: CollectionIndex, rollUp: RollUp): readonly FolderNode[] {
  const nodes: FolderNode[] = [];
  const open: { readonly place: string; readonly depth: number }[] = [];
  const enter = (place: string, depth: number): void => {
    for (const row of childFolders(index, place).reverse()) open.push({ place: row.id, depth });
  };
  enter('recovered', 0);
  enter('', 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const row = index.folders.get(next.place);
    if (row === undefined) continue;
    nodes.push({ row, shownIn: index.places.parent(row.id), depth: next.depth, ...rollUp.at(row.id) });
    enter(row.id, next.depth + 1);
  }
  return nodes;
}

/** Folders shown in a place, looking through items that hold folders; hidden ones are left out with all below them. */
function childFolders(index: CollectionIndex, place: string): FolderRow[] {
  const found: FolderRow[] = [];
  for (const id of index.places.children(place)) {
    const row = index.folders.get(id);
    if (index.places.state(id) === 'hidden') continue;
    if (row === undefined) found.push(...childFolders(index, id));
    else found.push(row);
  }
  return found.sort(byOrder);
}

function byOrder(a: FolderRow, b: FolderRow): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return naturally(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/** Direct counts per place, summed up the forest once. */
class RollUp {
  readonly #index: CollectionIndex;
  readonly #direct = new Map<string, Sum>();
  readonly #within = new Map<string, Sum>();
  readonly #tags = new Map<number, number>();

  constructor(index: CollectionIndex) {
    this.#index = index;
    for (const [handle, count] of index.counts.entries()) {
      const place = index.places.shownIn(index.columns.pool.text(handle));
      if (index.places.state(place) === 'hidden') continue;
      addSum(this.#direct, place, count);
      for (const [tag, items] of count.tags) this.#tags.set(tag, (this.#tags.get(tag) ?? 0) + items);
      for (const above of this.#upFrom(place)) addSum(this.#within, above, count);
    }
  }

  at(place: string): { readonly items: number; readonly itemsWithin: number; readonly valueWithin: Totals } {
    const within = this.#within.get(place);
    return {
      items: this.#direct.get(place)?.items ?? 0,
      itemsWithin: within?.items ?? 0,
      valueWithin: this.#named(within?.totals),
    };
  }

  tags(): Tree['tags'] {
    const found = [...this.#tags].filter(([, items]) => items > 0);
    return found
      .map(([tag, items]) => ({ tag: this.#index.columns.pool.text(tag), items }))
      .sort((a, b) => naturally(a.tag, b.tag) || (a.tag < b.tag ? -1 : 1));
  }

  *#upFrom(place: string): Iterable<string> {
    let at = place;
    for (; at !== '' && at !== 'recovered'; at = this.#index.places.parent(at)) yield at;
    yield at;
  }

  #named(totals: ReadonlyMap<number, number> | undefined): Totals {
    const named = [...(totals ?? [])].map(([currency, sum]) => [this.#index.columns.pool.text(currency), sum] as const);
    return Object.fromEntries(named.filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function addSum(
  sums: Map<string, Sum>,
  place: string,
  count: { readonly items: number; readonly totals: ReadonlyMap<number, number> },
): void {
  let sum = sums.get(place);
  if (sum === undefined) sums.set(place, (sum = { items: 0, totals: new Map() }));
  sum.items += count.items;
  for (const [currency, amount] of count.totals) sum.totals.set(currency, (sum.totals.get(currency) ?? 0) + amount);
}
