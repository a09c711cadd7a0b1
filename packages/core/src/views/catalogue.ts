import type { Clock, CollectionId } from '@cacaw/protocol';
import type { RowsChange } from '../device/device.ts';
import type { CollectionRow } from '../inventory/rows.ts';
import { CollectionIndex, type IndexChange } from './collection-index.ts';
import type { RowSource } from './row-source.ts';

/** Rows read and added in one go: well under a frame's 16 ms, IndexedDB's copying included. */
const sliceRows = 256;

/** What a catalogue needs of the outside. */
export interface CataloguePorts {
  readonly rows: RowSource;
  readonly clock: Clock;
}

/** What happened to the catalogue or to one collection's index. */
export type CatalogueEvent =
  /** Which collections there are is known from now on. */
  | { readonly kind: 'known' }
  | { readonly kind: 'changed'; readonly index: CollectionIndex; readonly change: IndexChange }
  | { readonly kind: 'read'; readonly index: CollectionIndex }
  | { readonly kind: 'dropped'; readonly index: CollectionIndex };

/**
 * The indexes of all collections of one device. Collections are read in slices with a pause after each, the preferred one
 * first; changes apply at once and win over what a running read brings.
 */
export class Catalogue {
  readonly #ports: CataloguePorts;
  readonly #indexes = new Map<CollectionId, CollectionIndex>();
  readonly #after = new Map<CollectionId, string>();
  readonly #listeners = new Set<(event: CatalogueEvent) => void>();
  #preferred: CollectionId | undefined;
  #loading: Promise<void> | undefined;
  #areCollectionsKnown = false;
  #isClosed = false;

  constructor(ports: CataloguePorts) {
    this.#ports = ports;
  }

  /** True once the collections themselves have been read, if not yet their rows. */
  get areCollectionsKnown(): boolean {
    return this.#areCollectionsKnown;
  }

  index(collection: CollectionId): CollectionIndex | undefined {
    return this.#indexes.get(collection);
  }

  indexes(): Iterable<CollectionIndex> {
    return this.#indexes.values();
  }

  roots(): readonly CollectionRow[] {
    return [...this.#indexes.values()].flatMap((index) => index.root ?? []);
  }

  /** Reads this collection before the others. */
  prefer(collection: CollectionId): void {
    this.#preferred = collection;
  }

  onEvent(listener: (event: CatalogueEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when everything stored has been read. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  /** Applies one completed transaction. Returns true when it brought a collection whose rows have still to be read. */
  change(change: RowsChange): boolean {
    const known = this.#indexes.get(change.collection);
    if (change.root === null) {
      if (known !== undefined) this.#drop(known);
      return false;
    }
    const index = known ?? this.#create(change.collection);
    this.#emit({ kind: 'changed', index, change: index.change(change) });
    index.endChange();
    return known === undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
  }

  async #load(): Promise<void> {
    try {
      if (!this.#areCollectionsKnown) await this.#readCollections();
      for (let index = this.#nextIncomplete(); index !== undefined; index = this.#nextIncomplete()) {
        await (index.hasFolders ? this.#readSlice(index) : this.#readFolders(index));
        await this.#pause();
      }
    } finally {
      this.#loading = undefined;
    }
  }

  async #readCollections(): Promise<void> {
    const rows = await this.#ports.rows.collections();
    this.#areCollectionsKnown = true;
    for (const root of rows) {
      if (this.#indexes.get(root.id)?.root) continue;
      const index = this.#indexes.get(root.id) ?? this.#create(root.id);
      this.#emit({ kind: 'changed', index, change: index.change({ root, folders: [], items: [] }) });
    }
    this.#emit({ kind: 'known' });
  }

  #nextIncomplete(): CollectionIndex | undefined {
    if (this.#isClosed) return undefined;
    const waiting = [...this.#indexes.values()].filter((index) => !index.isComplete);
    return waiting.find((index) => index.id === this.#preferred) ?? waiting.find((index) => !index.hasFolders) ?? waiting[0];
  }

  async #readFolders(index: CollectionIndex): Promise<void> {
    const reading = index.beginRead();
    const folders = await this.#ports.rows.folders(index.id);
    index.add(reading, { folders });
    index.hasFolders = true;
    this.#emit({ kind: 'read', index });
  }

  async #readSlice(index: CollectionIndex): Promise<void> {
    const reading = index.beginRead();
    const slice = await this.#ports.rows.slice(index.id, this.#after.get(index.id) ?? '', sliceRows);
    index.add(reading, slice);
    index.isComplete = slice.next === undefined;
    if (slice.next !== undefined) this.#after.set(index.id, slice.next);
    this.#emit({ kind: 'read', index });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.clock.after(0, resolve);
    });
  }

  #create(collection: CollectionId): CollectionIndex {
    const index = new CollectionIndex(collection);
    this.#indexes.set(collection, index);
    return index;
  }

  #drop(index: CollectionIndex): void {
    this.#indexes.delete(index.id);
    this.#after.delete(index.id);
    index.isComplete = true;
    this.#emit({ kind: 'dropped', index });
  }

  #emit(event: CatalogueEvent): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  }
}
