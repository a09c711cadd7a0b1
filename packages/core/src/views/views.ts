import type { CollectionId, ItemId } from '@cacaw/protocol';
import type { RowsChange } from '../device/device.ts';
import type { CollectionRow, FolderRow, ItemRow } from '../inventory/rows.ts';
import { Catalogue, type CatalogueEvent, type CataloguePorts } from './catalogue.ts';
import { OpenList } from './open-list.ts';
import type { ListChange, ListQuery, SearchHit, Tree } from './queries.ts';
import { findIn } from './text-search.ts';
import { trashedFoldersOf, treeOf } from './tree.ts';

/** What views need of the outside; `onError` is told when the store can no longer be read. */
export interface ViewPorts extends CataloguePorts {
  readonly onError: (error: unknown) => void;
}

/** Everything a page reads of a device, without waiting for the network and without opening a document. */
export interface Views {
  /** Tells the views of a completed transaction, in order. */
  change(change: RowsChange): void;
  /** Resolves when every stored row is in the catalogue; everything answers before that with what is there. */
  loaded(): Promise<void>;
  collections(listener: (rows: readonly CollectionRow[]) => void): () => void;
  list(query: ListQuery, listener: (change: ListChange) => void): () => void;
  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]>;
  item(id: ItemId, listener: (row: ItemRow | null) => void): () => void;
  tree(collection: CollectionId, listener: (tree: Tree) => void): () => void;
  trashedFolders(collection: CollectionId, listener: (rows: readonly FolderRow[]) => void): () => void;
  search(text: string, limit: number): Promise<readonly SearchHit[]>;
  close(): void;
}

/** Counts are told at most this often, so that an import does not redraw the tree for each batch twice. */
const treePauseMs = 30;

/** Opens views over stored rows and begins to read them. */
export function createViews(ports: ViewPorts): Views {
  return new StoredViews(ports);
}

class StoredViews implements Views {
  readonly #ports: ViewPorts;
  readonly #catalogue: Catalogue;
  readonly #itemListeners = new Map<ItemId, Set<(row: ItemRow | null) => void>>();

  constructor(ports: ViewPorts) {
    this.#ports = ports;
    this.#catalogue = new Catalogue(ports);
    this.#catalogue.load().catch(ports.onError);
  }

  change(change: RowsChange): void {
    if (this.#catalogue.change(change)) this.#catalogue.load().catch(this.#ports.onError);
    for (const [id, row] of change.items) for (const listener of this.#itemListeners.get(id as ItemId) ?? []) listener(row);
  }

  loaded(): Promise<void> {
    return this.#catalogue.load();
  }

  collections(listener: (rows: readonly CollectionRow[]) => void): () => void {
    let told: readonly CollectionRow[] | undefined;
    return this.#follow(undefined, () => {
      const rows = this.#catalogue.roots();
      if (!this.#catalogue.areCollectionsKnown || isSame(rows, told)) return;
      told = rows;
      listener(rows);
    });
  }

  list(query: ListQuery, listener: (change: ListChange) => void): () => void {
    this.#catalogue.prefer(query.collection);
    const list = new OpenList({ catalogue: this.#catalogue, rows: this.#ports.rows, listener }, query);
    const stop = this.#catalogue.onEvent((event) => void list.handle(event).catch(this.#ports.onError));
    list.open().catch(this.#ports.onError);
    return () => {
      stop();
      list.close();
    };
  }

  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]> {
    return this.#ports.rows.items(ids);
  }

  item(id: ItemId, listener: (row: ItemRow | null) => void): () => void {
    const listeners = this.#itemListeners.get(id) ?? new Set();
    this.#itemListeners.set(id, listeners);
    let isWaiting = true;
    const tell = (row: ItemRow | null): void => {
      isWaiting = false;
      listener(row);
    };
    listeners.add(tell);
    this.rows([id]).then(([row]) => (isWaiting && listeners.has(tell) ? tell(row ?? null) : undefined), this.#ports.onError);
    return () => {
      listeners.delete(tell);
      if (listeners.size === 0) this.#itemListeners.delete(id);
    };
  }

  tree(collection: CollectionId, listener: (tree: Tree) => void): () => void {
    return this.#follow(collection, () => {
      const index = this.#catalogue.index(collection);
      if (index?.hasFolders === true) listener(treeOf(index));
    });
  }

  trashedFolders(collection: CollectionId, listener: (rows: readonly FolderRow[]) => void): () => void {
    let told: readonly FolderRow[] | undefined;
    return this.#follow(collection, () => {
      const index = this.#catalogue.index(collection);
      const rows = index?.hasFolders === true ? trashedFoldersOf(index) : undefined;
      if (rows === undefined || isSame(rows, told)) return;
      told = rows;
      listener(rows);
    });
  }

  async search(text: string, limit: number): Promise<readonly SearchHit[]> {
    const matches = [...this.#catalogue.indexes()].flatMap((index) => findIn(index, text, limit));
    const best = matches.sort((a, b) => a.rank - b.rank).slice(0, limit);
    const rows = await this.rows(best.map((match) => match.id));
    return rows.map((row) => ({ collection: row.collection, row }));
  }

  close(): void {
    this.#catalogue.close();
    this.#itemListeners.clear();
  }

  /** Calls `tell` now, and soon after each event of the collection (of any, when undefined), several events together. */
  #follow(collection: CollectionId | undefined, tell: () => void): () => void {
    let cancel: (() => void) | undefined;
    const schedule = (event: CatalogueEvent): void => {
      if (collection !== undefined && event.kind !== 'known' && event.index.id !== collection) return;
      cancel ??= this.#ports.clock.after(treePauseMs, () => {
        cancel = undefined;
        tell();
      });
    };
    const stop = this.#catalogue.onEvent(schedule);
    tell();
    return () => {
      stop();
      cancel?.();
    };
  }
}

const isSame = <T>(rows: readonly T[], told: readonly T[] | undefined): boolean =>
  told !== undefined && rows.length === told.length && rows.every((row, at) => row === told[at]);
