import type { ItemId } from '@cacaw/protocol';
import type { ItemRow } from '../inventory/rows.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { ListChange, ListQuery } from './queries.ts';
import { selection, type Selection } from './selection.ts';
import { slotOrder, type SlotOrder } from './sorting.ts';
import { hunksToSplices, mergeSlots } from './splices.ts';

const maxSplices = 500;

/** The ids of one query, kept sorted and kept right through every change, saying only what changed. */
export class LiveList {
  readonly #index: CollectionIndex;
  readonly #query: ListQuery;
  readonly #order: SlotOrder;
  #selects: Selection;
  #slots: number[] = [];

  constructor(index: CollectionIndex, query: ListQuery) {
    this.#index = index;
    this.#query = query;
    this.#order = slotOrder(index.columns, query.sort ?? 'order', query.descending ?? false);
    this.#selects = selection(index.columns, index.places, query);
    this.#slots = this.#select();
  }

  /** The ids in order, or the first few of them. */
  ids(limit: number = this.#slots.length): readonly ItemId[] {
    const { ids } = this.#index.columns;
    const found: ItemId[] = [];
    for (let at = 0; at < limit; at++) {
      const id = ids[this.#slots[at] ?? -1];
      if (id !== undefined) found.push(id);
    }
    return found;
  }

  /** What the given changed slots change in this list; undefined when nothing. */
  change(changed: ReadonlyMap<number, ItemRow | null>): ListChange | undefined {
    const slots = new Set(changed.keys());
    const inserted = [...slots].filter((slot) => this.#holds(slot)).sort(this.#order);
    const merged = mergeSlots(this.#slots, slots, { inserted, compare: this.#order });
    this.#slots = merged.slots;
    const rows = inserted.flatMap((slot) => changed.get(slot) ?? []);
    return this.#answer(rows, merged.hunks);
  }

  /** Makes the list anew after the places changed or more rows were read. */
  renew(changed: ReadonlyMap<number, ItemRow | null> = new Map()): ListChange | undefined {
    this.#selects = selection(this.#index.columns, this.#index.places, this.#query);
    const before = this.#slots;
    this.#slots = this.#reselect(before, changed);
    const rows = [...changed].flatMap(([slot, row]) => (row !== null && this.#holds(slot) ? row : []));
    const isSame = before.length === this.#slots.length && before.every((slot, at) => this.#slots[at] === slot);
    if (isSame && rows.length === 0) return undefined;
    return { ...(isSame ? {} : { ids: this.ids() }), splices: [], rows, complete: this.#index.isComplete };
  }

  #answer(rows: readonly ItemRow[], hunks: Parameters<typeof hunksToSplices>[0]): ListChange | undefined {
    const complete = this.#index.isComplete;
    if (hunks.length > maxSplices) return { ids: this.ids(), splices: [], rows, complete };
    const splices = hunksToSplices(hunks, this.#index.columns.ids);
    return rows.length + splices.length === 0 ? undefined : { splices, rows, complete };
  }

  #holds(slot: number): boolean {
    return this.#index.columns.holds(slot) && this.#selects(slot);
  }

  /** Selects again without sorting again what is already in order. */
  #reselect(before: readonly number[], changed: ReadonlyMap<number, ItemRow | null>): number[] {
    const kept = before.filter((slot) => !changed.has(slot) && this.#holds(slot));
    const known = new Set(kept);
    const added: number[] = [];
    for (const slot of this.#index.columns.slots()) if (!known.has(slot) && this.#selects(slot)) added.push(slot);
    return mergeSlots(kept, new Set(), { inserted: added.sort(this.#order), compare: this.#order }).slots;
  }

  #select(): number[] {
    const found: number[] = [];
    for (const slot of this.#index.columns.slots()) if (this.#selects(slot)) found.push(slot);
    return found.sort(this.#order);
  }
}
