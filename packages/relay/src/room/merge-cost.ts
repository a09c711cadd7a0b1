import * as Y from 'yjs';

/** At most this many steps may merging one update cost. A step takes up to 0.3 microseconds, here and on every device that reads it. */
export const maxMergeSteps: number = 2 ** 18;

/**
 * True when Yjs merges `bytes` into `doc` within `maxSteps` steps. Structs that claim a place far from their neighbours make it walk
 * over everything between, for each of them: 7 KB that apply without error can take 9 s. This walks the same way over a copy of
 * nothing but the order, and stops at the limit. `bytes` have passed the guard: everything they build on is in `doc` or in them.
 */
export function mergesWithin(doc: Y.Doc, bytes: Uint8Array, maxSteps: number = maxMergeSteps): boolean {
  const items = Y.decodeUpdate(bytes).structs.filter((struct) => struct instanceof Y.Item);
  // Yjs begins with the largest writer, whatever the order of the bytes.
  items.sort((a, b) => b.id.client - a.id.client || a.id.clock - b.id.clock);
  return new Merging(doc, items, maxSteps).isWithin();
}

/** A list, a text, or the values a key has had. */
interface Row {
  first: Y.Item | null;
  /** Of a key only the newest value is known: Yjs walks back over this many to the oldest. */
  values: number;
}

interface Neighbours {
  readonly row: Row;
  readonly left: Y.Item | null;
  readonly right: Y.Item | null;
}

/** What a walk has passed: all of it, and what since the last item it must come after. */
interface Passed {
  readonly all: Set<Y.Item>;
  readonly since: Set<Y.Item>;
}

/** What the public type of a shared type hides. */
type Type = { readonly _start: Y.Item | null; readonly _map: ReadonlyMap<string, Y.Item> };

class Merging {
  readonly #doc: Y.Doc;
  readonly #items: readonly Y.Item[];
  /** By writer, in clock order. */
  readonly #byClient: ReadonlyMap<number, readonly Y.Item[]>;
  /** Arriving items that have their place. */
  readonly #placed = new Map<Y.Item, Row>();
  /** What follows an item, where an arriving one came between. */
  readonly #next = new Map<Y.Item, Y.Item | null>();
  readonly #rows = new Map<string, Row>();
  readonly #numbers = new Map<object, number>();
  #steps: number;

  constructor(doc: Y.Doc, items: readonly Y.Item[], maxSteps: number) {
    this.#doc = doc;
    this.#items = items;
    this.#byClient = Map.groupBy(items, (item) => item.id.client);
    this.#steps = maxSteps;
  }

  isWithin(): boolean {
    for (const item of this.#items) {
      this.#placeWithNeighbours(item);
      if (this.#steps < 0) return false;
    }
    return true;
  }

  /** Neighbours first; without recursion, because a chain may be 20,000 long. */
  #placeWithNeighbours(item: Y.Item): void {
    const path = [item];
    for (let top = path.at(-1); top !== undefined && this.#steps >= 0; top = path.at(-1)) {
      const missing = this.#placed.has(top) ? undefined : this.#unplacedNeighbour(top);
      if (missing !== undefined) path.push(missing);
      else {
        if (!this.#placed.has(top)) this.#place(top);
        path.pop();
      }
    }
  }

  #unplacedNeighbour({ origin, rightOrigin }: Y.Item): Y.Item | undefined {
    return [this.#arriving(origin), this.#arriving(rightOrigin)].find((one) => one !== undefined && !this.#placed.has(one));
  }

  #place(item: Y.Item): void {
    const [left, right] = [this.#find(item.origin), this.#find(item.rightOrigin)];
    const row = this.#rowOf(item, left ?? right);
    this.#placed.set(item, row);
    // Between two characters of one piece, or beside something collected, there is nothing to pass.
    const isTight = (left !== null && left === right) || this.#isCollected(item.origin, left) || this.#isCollected(item.rightOrigin, right);
    if (left === null) this.#steps -= row.values;
    if (row.values > 0) row.values += 1;
    const after = isTight ? left : this.#passConflicts(item, { row, left, right });
    this.#next.set(item, after === null ? row.first : this.#nextOf(after));
    if (after === null) row.first = item;
    else this.#next.set(after, item);
  }

  /** The walk of Yjs (`Item.integrate`): past what others put at the same place, to what the item comes after. */
  #passConflicts(item: Y.Item, { row, left, right }: Neighbours): Y.Item | null {
    const passed: Passed = { all: new Set(), since: new Set() };
    let after = left;
    for (let one = left === null ? row.first : this.#nextOf(left); one !== null && one !== right; one = this.#nextOf(one)) {
      this.#steps -= 1;
      passed.all.add(one);
      passed.since.add(one);
      const verdict = this.#steps < 0 ? 'stop' : this.#compare(item, one, passed);
      if (verdict === 'stop') return after;
      if (verdict === 'on') continue;
      after = one;
      passed.since.clear();
    }
    return after;
  }

  /** Whether an item comes after another that is in its way, stops before it, or does not know yet. */
  #compare(item: Y.Item, other: Y.Item, { all, since }: Passed): 'after' | 'on' | 'stop' {
    if (Y.compareIDs(item.origin, other.origin)) {
      if (other.id.client < item.id.client) return 'after';
      return Y.compareIDs(item.rightOrigin, other.rightOrigin) ? 'stop' : 'on';
    }
    const origin = this.#find(other.origin);
    if (origin === null || !all.has(origin)) return 'stop';
    return since.has(origin) ? 'on' : 'after';
  }

  #nextOf(item: Y.Item): Y.Item | null {
    const next = this.#next.get(item);
    return next === undefined ? item.right : next;
  }

  #rowOf(item: Y.Item, neighbour: Y.Item | null): Row {
    const placed = neighbour === null ? undefined : this.#placed.get(neighbour);
    if (placed !== undefined) return placed;
    const { parent, parentSub } = neighbour ?? item;
    const type = this.#typeOf(parent);
    const name = `${type === undefined ? nameOf(parent) : this.#numberOf(type)}/${parentSub ?? ''}`;
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = firstRow(type, parentSub);
    this.#rows.set(name, row);
    this.#steps -= row.values;
    return row;
  }

  /** The type of a parent that is in the document: an item without neighbours names a root, or the struct that made its parent. */
  #typeOf(parent: Y.Item['parent'] | string): Type | undefined {
    if (parent instanceof Y.AbstractType) return parent;
    if (typeof parent === 'string') return this.#doc.share.get(parent);
    const maker = this.#standing(parent);
    return maker?.content instanceof Y.ContentType ? maker.content.type : undefined;
  }

  #numberOf(type: object): number {
    const number = this.#numbers.get(type) ?? this.#numbers.size;
    this.#numbers.set(type, number);
    return number;
  }

  #find(id: Y.ID | null): Y.Item | null {
    return this.#arriving(id) ?? this.#standing(id);
  }

  /** The item of the update that holds an id. */
  #arriving(id: Y.ID | null): Y.Item | undefined {
    if (id === null || id.clock < Y.getState(this.#doc.store, id.client)) return undefined;
    return holderOf(this.#byClient.get(id.client) ?? [], id.clock);
  }

  /** The item of the document that holds an id; null when nothing does, or nothing is left of it. */
  #standing(id: Y.ID | null): Y.Item | null {
    if (id === null || id.clock >= Y.getState(this.#doc.store, id.client)) return null;
    const found: unknown = Y.getItem(this.#doc.store, id);
    return found instanceof Y.Item ? found : null;
  }

  #isCollected(id: Y.ID | null, found: Y.Item | null): boolean {
    return id !== null && found === null;
  }
}

function nameOf(parent: Y.Item['parent'] | string): string {
  return parent instanceof Y.ID ? `new ${parent.client}:${parent.clock}` : `new ${typeof parent === 'string' ? parent : ''}`;
}

function firstRow(type: Type | undefined, key: string | null): Row {
  if (key === null) return { first: type?._start ?? null, values: 0 };
  let first = type?._map.get(key) ?? null;
  let values = 1;
  for (; first !== null && first.left !== null; first = first.left) values += 1;
  return { first, values };
}

/** The item that holds a clock, of one writer's in clock order; undefined where none does. */
function holderOf(items: readonly Y.Item[], clock: number): Y.Item | undefined {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((items[middle]?.id.clock ?? 0) <= clock) low = middle;
    else high = middle - 1;
  }
  const found = items[low];
  return found !== undefined && found.id.clock <= clock && clock < found.id.clock + found.length ? found : undefined;
}
