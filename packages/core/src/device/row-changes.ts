import { itemId, type CollectionId, type FolderId, type LocalId, type ShardId } from '@cacaw/protocol';
import { projectCollection, projectFolder } from '../inventory/project.ts';
import type { CollectionRow, FolderRow, ItemRow } from '../inventory/rows.ts';
import type { RowsChange } from './device.ts';
import { markLooks } from './look-marks.ts';
import type { StoreReader, StoreWriter } from './store.ts';
import { itemOf, itemsOf, itemsOfShard, type Unit } from './unit.ts';

/** Rows of an import are written as chunks: 128 at once cost less than two records with their indexes (model.md 2g). */
const chunkFrom = 16;

/** Gathers which rows a transaction changed, writes them into it, and says what subscribers will hear. */
export class RowChanges {
  readonly #collection: CollectionId;
  readonly #cause: RowsChange['cause'];
  readonly #asks: boolean;
  readonly #touched = new Map<Unit, Set<string>>();
  /** Stored rows of units built anew: a row that comes out the same is neither written nor told. */
  readonly #stored = new Map<string, string>();
  readonly #chunks: ItemRow[] = [];
  readonly #items = new Map<string, ItemRow | null>();
  readonly #folders = new Map<string, FolderRow | null>();
  #root: CollectionRow | null | undefined;

  constructor(collection: CollectionId, cause: RowsChange['cause'], asks: boolean) {
    this.#collection = collection;
    this.#asks = asks;
    this.#cause = cause;
  }

  touch(unit: Unit, rows: Iterable<string>): void {
    const touched = this.#touched.get(unit) ?? new Set();
    for (const row of rows) touched.add(row);
    this.#touched.set(unit, touched);
  }

  /** Marks every row a unit shows, and every stored row it no longer shows, as changed: after it was built anew. */
  async touchAll(tx: StoreReader, unit: Unit): Promise<void> {
    const stored = unit.key === 'root' ? await this.#storedFolders(tx) : await this.#storedItems(tx, unit.key);
    this.touch(unit, stored);
    for (const document of unit.documents.values()) this.touch(unit, document.registers.rows());
  }

  /** A unit that replaced another keeps what was touched in it. */
  replace(before: Unit, after: Unit): void {
    const touched = this.#touched.get(before);
    this.#touched.delete(before);
    if (touched !== undefined) this.touch(after, touched);
  }

  putCollection(tx: StoreWriter, row: CollectionRow): void {
    this.#root = row;
    tx.put('collections', row);
  }

  dropCollection(tx: StoreWriter): void {
    this.#root = null;
    tx.delete('collections', this.#collection);
  }

  /** Tells rows that were written as a chunk. */
  tellChunk(rows: readonly ItemRow[]): void {
    this.#chunks.push(...rows);
    for (const row of rows) this.#items.set(row.id, row);
  }

  /** Tells that rows are gone which were deleted elsewhere. */
  tellGone(gone: { readonly folders: readonly FolderRow[]; readonly items: readonly ItemRow[] }): void {
    for (const { id } of gone.folders) this.#folders.set(id, null);
    for (const { id } of gone.items) this.#items.set(id, null);
  }

  /** Projects and writes what was touched. `known` is the collection's row so far; returned as it is now. */
  write(tx: StoreWriter, known: CollectionRow | undefined): CollectionRow | undefined {
    let row = known;
    for (const [unit, touched] of this.#touched) {
      if (unit.key === 'root') row = this.#writeRoot(tx, { unit, touched, known: row });
      else this.#writeItems(tx, unit, touched);
    }
    this.#touched.clear();
    return row;
  }

  /** Rows written in chunks by this transaction. */
  get chunked(): readonly ItemRow[] {
    return this.#chunks;
  }

  /** What listeners are told once the transaction has completed; undefined when no row changed. */
  told(): RowsChange | undefined {
    if (this.#root === undefined && this.#items.size === 0 && this.#folders.size === 0) return undefined;
    const root = this.#root === undefined ? {} : { root: this.#root };
    return { collection: this.#collection, ...root, folders: [...this.#folders], items: [...this.#items], cause: this.#cause };
  }

  /** Notes what is to be looked at, once everything is written. */
  mark(tx: StoreWriter): Promise<void> {
    return markLooks(tx, { collection: this.#collection, items: this.#items, asks: this.#asks });
  }

  #writeItems(tx: StoreWriter, unit: Unit, touched: ReadonlySet<string>): void {
    let isChanged = false;
    if (unit.isBlank && touched.size >= chunkFrom) unit.chunked = true;
    unit.isBlank = false;
    for (const local of touched) {
      const id = itemId(unit.key as ShardId, local as LocalId);
      const row = itemOf(this.#collection, unit, local);
      if (!this.#isNew(id, row)) continue;
      isChanged = true;
      this.#items.set(id, row);
      if (unit.chunked) continue;
      if (row === null) tx.delete('items', id);
      else tx.put('items', row);
    }
    if (unit.chunked && isChanged) this.#chunks.push(...writeChunk(tx, this.#collection, unit));
  }

  #isNew(id: string, row: ItemRow | FolderRow | null): boolean {
    const stored = this.#stored.get(id);
    return stored === undefined || row === null || JSON.stringify(row) !== stored;
  }

  #writeRoot(
    tx: StoreWriter,
    change: { readonly unit: Unit; readonly touched: ReadonlySet<string>; readonly known: CollectionRow | undefined },
  ): CollectionRow | undefined {
    const registers = change.unit.documents.get('root')?.registers;
    if (registers === undefined) return change.known;
    let row = change.known;
    for (const name of change.touched) {
      if (name.startsWith('F'))
        this.#writeFolder(tx, name.slice(1), projectFolder(this.#collection, name.slice(1) as FolderId, registers.row(name)));
    }
    const isAbout = [...change.touched].some((name) => name === '@' || name.startsWith('X'));
    const facts = isAbout && row !== undefined ? projectCollection(registers) : null;
    if (facts !== null && row !== undefined) {
      const { id, mode, role, secret, gone, parting } = row;
      row = Object.freeze({ ...facts, id, mode, role, secret, gone, ...(parting === undefined ? {} : { parting }) });
      this.putCollection(tx, row);
    }
    return row;
  }

  #writeFolder(tx: StoreWriter, id: string, row: FolderRow | null): void {
    if (!this.#isNew(id, row)) return;
    this.#folders.set(id, row);
    if (row === null) tx.delete('folders', id);
    else tx.put('folders', row);
  }

  async #storedFolders(tx: StoreReader): Promise<readonly string[]> {
    const rows = await tx.range('folders', { index: 'collection', lower: this.#collection, upper: this.#collection });
    for (const row of rows) this.#stored.set(row.id, JSON.stringify(row));
    return ['@', ...rows.map((row) => `F${row.id}`)];
  }

  async #storedItems(tx: StoreReader, shard: ShardId): Promise<readonly string[]> {
    const [chunk, rows] = await Promise.all([
      tx.get('chunks', [this.#collection, shard]),
      tx.range('items', itemsOfShard(this.#collection, shard)),
    ]);
    const stored = [...(chunk?.rows ?? []), ...rows];
    for (const row of stored) this.#stored.set(row.id, JSON.stringify(row));
    return stored.map((row) => row.id.slice(shard.length));
  }
}

/** Writes all rows of a shard in one piece; a shard that shows none has no chunk. Returns the rows. */
export function writeChunk(tx: StoreWriter, collection: CollectionId, unit: Unit): readonly ItemRow[] {
  const rows = itemsOf(collection, unit);
  const shard = unit.key as ShardId;
  unit.chunked = rows.length > 0;
  if (unit.chunked) tx.put('chunks', { collection, shard, rows });
  else tx.delete('chunks', [collection, shard]);
  return rows;
}
