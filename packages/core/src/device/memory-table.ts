import { boundsOf, compareKeys, keyAt } from './key-order.ts';
import type { RangeQuery, StoreKey } from './store.ts';

interface Place {
  readonly key: StoreKey;
  readonly primary: StoreKey;
}

interface TableShape {
  readonly key: string | readonly string[];
  readonly indexes: { readonly [name: string]: string | readonly string[] };
}

const comparePlaces = (a: Place, b: Place): number => compareKeys(a.key, b.key) || compareKeys(a.primary, b.primary);

/** First position whose element does not sort before `wanted`. */
function lowerBound(places: readonly Place[], before: (place: Place) => boolean): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && before(place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One object store held in order, with its indexes; records are taken as immutable. */
export class MemoryTable {
  readonly #shape: TableShape;
  readonly #records = new Map<string, object>();
  readonly #order = new Map<string, Place[]>();

  constructor(shape: TableShape) {
    this.#shape = shape;
    for (const name of ['', ...Object.keys(shape.indexes)]) this.#order.set(name, []);
  }

  /** The primary key of a record; throws where IndexedDB would. */
  keyOf(record: object): StoreKey {
    const key = keyAt(record, this.#shape.key);
    if (key === undefined) throw new TypeError(`The record has no valid key at ${String(this.#shape.key)}.`);
    return key;
  }

  get(key: StoreKey): object | undefined {
    return this.#records.get(JSON.stringify(key));
  }

  /** Stores `record` (or removes it when undefined) and returns what stood there before. */
  set(key: StoreKey, record: object | undefined): object | undefined {
    const name = JSON.stringify(key);
    const before = this.#records.get(name);
    if (before !== undefined) this.#index(key, before, 'remove');
    if (record === undefined) this.#records.delete(name);
    else {
      this.#records.set(name, record);
      this.#index(key, record, 'insert');
    }
    return before;
  }

  range(query: RangeQuery): object[] {
    const places = this.#slice(query);
    if (query.direction === 'prev') places.reverse();
    return places.slice(0, query.limit).flatMap((place) => this.get(place.primary) ?? []);
  }

  /** Primary keys inside a range, in order. */
  keys(query: RangeQuery): StoreKey[] {
    return this.#slice(query).map((place) => place.primary);
  }

  /** An independent table with the same content. */
  clone(): MemoryTable {
    const copy = new MemoryTable(this.#shape);
    for (const [name, record] of this.#records) copy.#records.set(name, record);
    for (const [name, places] of this.#order) copy.#order.set(name, [...places]);
    return copy;
  }

  #index(key: StoreKey, record: object, change: 'insert' | 'remove'): void {
    for (const [name, places] of this.#order) {
      const path = name === '' ? this.#shape.key : this.#shape.indexes[name];
      const indexKey = path === undefined ? undefined : keyAt(record, path);
      if (indexKey === undefined) continue;
      const place = { key: indexKey, primary: key };
      const at = lowerBound(places, (one) => comparePlaces(one, place) < 0);
      if (change === 'insert') places.splice(at, 0, place);
      else places.splice(at, 1);
    }
  }

  #slice(query: RangeQuery): Place[] {
    const places = this.#order.get(query.index ?? '');
    if (places === undefined) throw new TypeError(`There is no index ${query.index}.`);
    const { lower, upper, lowerOpen, upperOpen } = boundsOf(query);
    const from = lower === undefined ? 0 : lowerBound(places, (place) => compareKeys(place.key, lower) < (lowerOpen ? 1 : 0));
    const to = upper === undefined ? places.length : lowerBound(places, (place) => compareKeys(place.key, upper) < (upperOpen ? 0 : 1));
    return places.slice(from, Math.max(from, to));
  }
}
