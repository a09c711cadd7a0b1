import type { CollectionId, ItemId } from '@cacaw/protocol';
import type { RowsChange } from '../device/device.ts';
import type { CollectionRow, FolderRow, ItemRow } from '../inventory/rows.ts';
import { ItemColumns } from './columns.ts';
import { PlaceCounts } from './place-counts.ts';
import { type PlaceNode, Places } from './places.ts';

/** What one change did to an index: the slots it touched, and whether the places must be looked at anew. */
export interface IndexChange {
  readonly slots: ReadonlyMap<number, ItemRow | null>;
  readonly placesMoved: boolean;
}

/** Rows being read from the store: what changed since they were asked for is newer than what the answer will say. */
export interface Reading {
  readonly changed: Set<string>;
}

/** Everything of one collection that lists, counts and search need, in memory, without the rows themselves. */
export class CollectionIndex {
  readonly id: CollectionId;
  readonly columns: ItemColumns = new ItemColumns();
  readonly counts: PlaceCounts = new PlaceCounts(this.columns);
  readonly #folders = new Map<string, FolderRow>();
  readonly #containers = new Map<string, PlaceNode>();
  #places: Places | undefined;
  #root: CollectionRow | null = null;
  readonly #readings = new Set<Reading>();
  /** True once the folders have been read, so that places are known. */
  hasFolders = false;
  /** True once every stored row has been read. */
  isComplete = false;

  constructor(id: CollectionId) {
    this.id = id;
  }

  get root(): CollectionRow | null {
    return this.#root;
  }

  get folders(): ReadonlyMap<string, FolderRow> {
    return this.#folders;
  }

  /** Where every folder and containing item is shown. */
  get places(): Places {
    return (this.#places ??= new Places(this.#placeNodes()));
  }

  /** Applies a completed transaction; the slots it freed are used again only after {@link endChange}. */
  change(change: Pick<RowsChange, 'root' | 'folders' | 'items'>): IndexChange {
    if (change.root !== undefined) this.#root = change.root;
    let placesMoved = false;
    for (const [id, row] of change.folders) placesMoved = this.#setFolder(id, row) || placesMoved;
    const slots = new Map<number, ItemRow | null>();
    for (const [id, row] of change.items) {
      this.#noteChanged(id);
      placesMoved = this.#setContainer(id, row) || placesMoved;
      const slot = this.#setItem(id as ItemId, row);
      if (slot !== undefined) slots.set(slot, row);
    }
    if (placesMoved) this.#places = undefined;
    return { slots, placesMoved };
  }

  endChange(): void {
    this.columns.recycle();
  }

  /** Says that rows are being read from now on, so that changes arriving before {@link add} win over them. */
  beginRead(): Reading {
    const reading: Reading = { changed: new Set() };
    this.#readings.add(reading);
    return reading;
  }

  /** Adds rows read since {@link beginRead}. */
  add(reading: Reading, rows: { readonly folders?: readonly FolderRow[]; readonly items?: readonly ItemRow[] }): IndexChange {
    this.#readings.delete(reading);
    const fresh = <Row extends { readonly id: string }>(found: readonly Row[] | undefined): (readonly [string, Row])[] =>
      (found ?? []).filter((row) => !reading.changed.has(row.id)).map((row) => [row.id, row]);
    const change = this.change({ folders: fresh(rows.folders), items: fresh(rows.items) });
    this.endChange();
    return change;
  }

  #noteChanged(id: string): void {
    for (const reading of this.#readings) reading.changed.add(id);
  }

  #setFolder(id: string, row: FolderRow | null): boolean {
    this.#noteChanged(id);
    const before = this.#folders.get(id);
    if (row === null) return this.#folders.delete(id);
    this.#folders.set(id, row);
    return before?.parent !== row.parent || before.movedAt !== row.movedAt || (before.trashedAt === null) !== (row.trashedAt === null);
  }

  #setContainer(id: string, row: ItemRow | null): boolean {
    const before = this.#containers.get(id);
    if (row === null || !row.canContain) return this.#containers.delete(id);
    const hidden = row.trashedAt !== null || row.mergedInto !== null;
    this.#containers.set(id, { id, parent: row.folderId, hidden, movedAt: row.movedAt });
    return before?.parent !== row.folderId || before.movedAt !== row.movedAt || before.hidden !== hidden;
  }

  #setItem(id: ItemId, row: ItemRow | null): number | undefined {
    const known = this.columns.slot(id);
    if (known !== undefined) this.counts.subtract(known);
    if (row === null) return this.columns.delete(id);
    const slot = this.columns.set(row);
    this.counts.add(slot);
    return slot;
  }

  #placeNodes(): ReadonlyMap<string, PlaceNode> {
    const nodes = new Map(this.#containers);
    for (const row of this.#folders.values()) {
      nodes.set(row.id, { id: row.id, parent: row.parent, hidden: row.trashedAt !== null, movedAt: row.movedAt });
    }
    return nodes;
  }
}
