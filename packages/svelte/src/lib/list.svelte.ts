import type { Cacaw, ListChange, ListQuery, Splice } from '@cacaw/client';
import type { ItemRow } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import { createSubscriber, SvelteMap } from 'svelte/reactivity';

/** Rows kept beside the ids; a screen shows under a hundred, scrolling back a few pages costs nothing. */
const rowsKept = 2_000;

/**
 * The ids one query selects, in order, with the rows that are looked at. Subscribed while an effect reads it; a row is
 * fetched when it is first asked for, and again whenever it changed.
 */
export class LiveList {
  readonly query: ListQuery;
  readonly #cacaw: Cacaw;
  readonly #subscribe: () => void;
  readonly #rows = new SvelteMap<ItemId, ItemRow>();
  readonly #wanted = new Set<ItemId>();
  #ids: readonly ItemId[] = [];
  #complete = false;
  #started = 0;

  constructor(cacaw: Cacaw, query: ListQuery) {
    this.#cacaw = cacaw;
    this.query = query;
    this.#subscribe = createSubscriber((update) => {
      this.#started += 1;
      // What changed while nothing was subscribed is unknown, so the rows kept are shown no longer.
      this.#rows.clear();
      return cacaw.list(query, (change) => {
        this.#take(change);
        update();
      });
    });
  }

  get ids(): readonly ItemId[] {
    this.#subscribe();
    return this.#ids;
  }

  /** False while rows are still being read or pulled. */
  get complete(): boolean {
    this.#subscribe();
    return this.#complete;
  }

  /** The row, read reactively by itself; undefined while it is being fetched. */
  row(id: ItemId): ItemRow | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) this.#want(id);
    return row;
  }

  #take(change: ListChange): void {
    if (change.ids !== undefined) this.#ids = change.ids;
    if (change.splices.length > 0) this.#ids = applySplices(this.#ids, change.splices);
    this.#complete = change.complete;
    this.#keep(change.rows);
  }

  #want(id: ItemId): void {
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#fetch());
    this.#wanted.add(id);
  }

  async #fetch(): Promise<void> {
    const started = this.#started;
    const rows = await this.#cacaw.rows([...this.#wanted]);
    // What a change brought meanwhile is wanted no longer: it is newer than the row fetched.
    if (started === this.#started) this.#keep(rows.filter((row) => this.#wanted.has(row.id)));
    this.#wanted.clear();
  }

  #keep(rows: readonly ItemRow[]): void {
    for (const row of rows) {
      this.#wanted.delete(row.id);
      this.#rows.set(row.id, row);
    }
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= rowsKept) break;
      this.#rows.delete(id);
    }
  }
}

/** Applies splices one after the other; the array given is not changed. */
export function applySplices(ids: readonly ItemId[], splices: readonly Splice[]): readonly ItemId[] {
  const next = [...ids];
  for (const { at, remove, insert } of splices) next.splice(at, remove, ...insert);
  return next;
}
