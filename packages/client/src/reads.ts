import {
  createRowSource,
  createViews,
  type CollectionRow,
  type FolderRow,
  type ItemRow,
  type ListChange,
  type ListQuery,
  type SearchHit,
  type Tree,
  type Views,
} from '@cacaw/core';
import type { DeviceStore, RowsChange } from '@cacaw/core/device';
import type { Clock, CollectionId, ItemId } from '@cacaw/protocol';
import type { Stop } from './cacaw.ts';

/** What reading needs; nothing of it writes. */
export interface ReadsPorts {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface Watch {
  readonly start: (views: Views) => Stop;
  stop: Stop;
}

/** What this tab reads of the device store, kept right by row changes from whoever leads. */
export class Reads {
  readonly #ports: ReadsPorts;
  readonly #watches = new Set<Watch>();
  #views: Views;

  constructor(ports: ReadsPorts) {
    this.#ports = ports;
    this.#views = this.#open();
  }

  change(change: RowsChange): void {
    this.#views.change(change);
  }

  /** Reads everything again because changes may have been missed; every subscription answers whole once more. */
  renew(): void {
    this.#views.close();
    for (const watch of this.#watches) watch.stop();
    this.#views = this.#open();
    for (const watch of this.#watches) watch.stop = watch.start(this.#views);
  }

  collections(listener: (rows: readonly CollectionRow[]) => void): Stop {
    return this.#watch((views) => views.collections(listener));
  }

  list(query: ListQuery, listener: (change: ListChange) => void): Stop {
    return this.#watch((views) => views.list(query, listener));
  }

  item(id: ItemId, listener: (row: ItemRow | null) => void): Stop {
    return this.#watch((views) => views.item(id, listener));
  }

  tree(collection: CollectionId, listener: (tree: Tree) => void): Stop {
    return this.#watch((views) => views.tree(collection, listener));
  }

  trashedFolders(collection: CollectionId, listener: (rows: readonly FolderRow[]) => void): Stop {
    return this.#watch((views) => views.trashedFolders(collection, listener));
  }

  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]> {
    return this.#views.rows(ids);
  }

  search(text: string, limit: number): Promise<readonly SearchHit[]> {
    return this.#views.search(text, limit);
  }

  close(): void {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    this.#views.close();
  }

  #open(): Views {
    const { store, clock, onError } = this.#ports;
    return createViews({ rows: createRowSource(store), clock, onError });
  }

  #watch(start: (views: Views) => Stop): Stop {
    const watch: Watch = { start, stop: start(this.#views) };
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      watch.stop();
    };
  }
}
