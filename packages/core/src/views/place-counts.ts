import type { ItemColumns } from './columns.ts';

/** What lies directly in one place: untrashed, unmerged items, their value by currency and their tags. */
export class PlaceCount {
  items = 0;
  /** Minor units × quantity, by currency handle. */
  readonly totals: Map<number, number> = new Map();
  /** Items by tag handle. */
  readonly tags: Map<number, number> = new Map();
}

/** Counts per place, kept by adding and subtracting the one item that changed. */
export class PlaceCounts {
  readonly #columns: ItemColumns;
  readonly #places = new Map<number, PlaceCount>();
  #trashed = 0;

  constructor(columns: ItemColumns) {
    this.#columns = columns;
  }

  /** Items that were trashed themselves. */
  get trashed(): number {
    return this.#trashed;
  }

  /** Counts by place handle. */
  entries(): Iterable<readonly [place: number, count: PlaceCount]> {
    return this.#places;
  }

  add(slot: number): void {
    this.#count(slot, 1);
  }

  /** Takes back what {@link add} counted; the columns must still say what they said then. */
  subtract(slot: number): void {
    this.#count(slot, -1);
  }

  #count(slot: number, by: 1 | -1): void {
    const columns = this.#columns;
    if (columns.isMerged(slot)) return;
    if (columns.isTrashed(slot)) {
      this.#trashed += by;
      return;
    }
    const count = this.#place(columns.places[slot] ?? 0);
    count.items += by;
    const worth = Math.round((columns.amounts[slot] ?? Number.NaN) * (columns.quantities[slot] ?? 0));
    if (!Number.isNaN(worth)) add(count.totals, columns.currencies[slot] ?? 0, by * worth);
    for (const tag of columns.tags(slot)) add(count.tags, tag, by);
  }

  #place(handle: number): PlaceCount {
    const known = this.#places.get(handle);
    if (known !== undefined) return known;
    const count = new PlaceCount();
    this.#places.set(handle, count);
    return count;
  }
}

function add(counts: Map<number, number>, key: number, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
