import type { ItemRow, PlaceId } from '../inventory/rows.ts';
import type { Catalogue, CatalogueEvent } from './catalogue.ts';
import type { CollectionIndex, IndexChange } from './collection-index.ts';
import { LiveList } from './live-list.ts';
import type { ListChange, ListQuery } from './queries.ts';
import type { RowSource } from './row-source.ts';

/** Rows that come with the first answer: more than two screens of them. */
const firstRows = 100;
/** While a collection is being read, its lists are made again each time it has grown by this factor. */
const growth = 4;

/** Where an open list reads and whom it tells. */
export interface OpenListPorts {
  readonly catalogue: Catalogue;
  readonly rows: RowSource;
  readonly listener: (change: ListChange) => void;
}

/**
 * One subscription to a list. It first answers from the place index of the store, as soon as its place is known and
 * without waiting for the catalogue; then from the catalogue as it grows; then only with what changes.
 */
export class OpenList {
  readonly #ports: OpenListPorts;
  readonly #query: ListQuery;
  #phase: 'waiting' | 'reading' | 'live' | 'ended' = 'waiting';
  #live: LiveList | undefined;
  /** Items the index held when the list was last made; undefined once it was made of all of them. */
  #madeOf: number | undefined = 0;
  /** More rows were read since the list was made and before it was told. */
  #hasGrown = false;
  /** Asked for before anything else is known, so that it is read while the places are. */
  #early: Promise<readonly ItemRow[]> | undefined;
  /** Rows changed between asking the store for the first rows and answering. */
  readonly #changed = new Map<string, ItemRow | null>();

  constructor(ports: OpenListPorts, query: ListQuery) {
    this.#ports = ports;
    this.#query = query;
  }

  /** Answers for the first time if enough has been read, otherwise waits for {@link handle}. */
  async open(): Promise<void> {
    const index = this.#ports.catalogue.index(this.#query.collection);
    if (index?.hasFolders !== true) this.#readEarly();
    if (index === undefined) return this.#ports.catalogue.areCollectionsKnown ? this.#answerNothing() : undefined;
    if (this.#phase !== 'waiting' || !this.#isPlaceKnown(index)) return;
    if (index.isComplete) return this.#announce(index);
    if (isFirstFromStore(this.#query)) return this.#announceFromStore(index, this.#query.place as PlaceId);
    if (index.columns.size > 0) await this.#announce(index);
  }

  /** What lies at the top is shown there whatever the folders are: its first rows need not wait for them. */
  #isPlaceKnown(index: CollectionIndex): boolean {
    return index.hasFolders || (this.#query.place === '' && isFirstFromStore(this.#query));
  }

  async handle(event: CatalogueEvent): Promise<void> {
    if (event.kind === 'known') return this.open();
    if (event.index.id !== this.#query.collection) return;
    if (event.kind === 'dropped') return this.#end();
    if (event.kind === 'changed') this.#change(event.change);
    if (event.kind === 'changed' && event.change.slots.size > 0) this.#early = undefined;
    if (event.kind === 'read') this.#grow(event.index);
    await this.open();
  }

  /** Says nothing any more. */
  close(): void {
    this.#phase = 'ended';
  }

  /** What changes before the answer is used makes it too old; then it is asked for again. */
  #readEarly(): void {
    if (this.#early !== undefined || this.#phase !== 'waiting' || !isFirstFromStore(this.#query)) return;
    this.#early = this.#ports.rows.firstItems(this.#query.collection, this.#query.place as PlaceId, firstRows);
    this.#early.catch(() => undefined); // told where it is used
  }

  async #announceFromStore(index: CollectionIndex, place: PlaceId): Promise<void> {
    this.#phase = 'reading';
    const reading = index.beginRead();
    const items = await (this.#early ?? this.#ports.rows.firstItems(index.id, place, firstRows));
    index.add(reading, { items });
    await this.#announce(index, items);
  }

  async #announce(index: CollectionIndex, read: readonly ItemRow[] = []): Promise<void> {
    this.#phase = 'reading';
    this.#hasGrown = false;
    const live = new LiveList(index, this.#query);
    this.#live = live;
    const first = live.ids(Math.min(firstRows, index.columns.size));
    const have = new Set(read.map((row) => row.id));
    const rows = first.every((id) => have.has(id)) ? read : await this.#ports.rows.items(first);
    if (this.#phase !== 'reading') return;
    this.#phase = 'live';
    if (this.#hasGrown) live.renew();
    this.#noteSize(index);
    const ids = live.ids();
    this.#tell({ ids, splices: [], rows: this.#newest(rows, new Set(ids)), complete: index.isComplete });
  }

  #newest(read: readonly ItemRow[], shown: ReadonlySet<string>): readonly ItemRow[] {
    const rows = new Map<string, ItemRow | null>(read.map((row) => [row.id, row]));
    for (const [id, row] of this.#changed) rows.set(id, row);
    this.#changed.clear();
    return [...rows.values()].filter((row) => row !== null && shown.has(row.id)) as readonly ItemRow[];
  }

  #change({ slots, placesMoved }: IndexChange): void {
    if (this.#phase === 'reading') for (const row of slots.values()) if (row !== null) this.#changed.set(row.id, row);
    const change = placesMoved ? this.#live?.renew(slots) : this.#live?.change(slots);
    if (this.#phase === 'live' && change !== undefined) this.#tell(change);
  }

  #grow(index: CollectionIndex): void {
    this.#hasGrown = true;
    const isDue = index.isComplete || index.columns.size >= (this.#madeOf ?? 0) * growth;
    if (this.#phase !== 'live' || this.#madeOf === undefined || !isDue) return;
    this.#noteSize(index);
    const change = this.#live?.renew();
    if (change !== undefined) this.#tell(change);
    else if (index.isComplete) this.#tell({ splices: [], rows: [], complete: true });
  }

  #noteSize(index: CollectionIndex): void {
    this.#madeOf = index.isComplete ? undefined : index.columns.size;
  }

  #answerNothing(): void {
    this.#tell({ ids: [], splices: [], rows: [], complete: true });
  }

  #end(): void {
    this.#live = undefined;
    this.#early = undefined;
    this.#phase = 'waiting';
    this.#madeOf = 0;
    this.#answerNothing();
  }

  #tell(change: ListChange): void {
    if (this.#phase !== 'ended') this.#ports.listener(change);
  }
}

/** Such a list is the beginning of what the store's place index holds, in its order. */
function isFirstFromStore(query: ListQuery): boolean {
  const isFiltered = [query.within, query.trash, query.descending, query.text, query.tags?.length].some(Boolean);
  return query.place !== undefined && query.place !== 'recovered' && !isFiltered && (query.sort ?? 'order') === 'order';
}
