import type { RangeQuery, StoreKey } from './store.ts';

/** Orders keys as IndexedDB does: numbers before strings before arrays, arrays element by element. */
export function compareKeys(a: StoreKey, b: StoreKey): number {
  const kind = kindOf(a) - kindOf(b);
  if (kind !== 0) return kind;
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a as readonly StoreKey[], b as readonly StoreKey[]);
  return a < b ? -1 : a > b ? 1 : 0;
}

const kindOf = (key: StoreKey): number => (typeof key === 'number' ? 0 : typeof key === 'string' ? 1 : 2);

function compareArrays(a: readonly StoreKey[], b: readonly StoreKey[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareKeys(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Whether one value could be a whole key; records whose index path holds anything else are left out of that index. */
export function isStoreKey(value: unknown): value is StoreKey {
  if (typeof value === 'number') return !Number.isNaN(value);
  return typeof value === 'string' || (Array.isArray(value) && value.every(isStoreKey));
}

/** The key a record has under a key path, or undefined when it has none. */
export function keyAt(record: object, path: string | readonly string[]): StoreKey | undefined {
  const read = (name: string): unknown => (record as Record<string, unknown>)[name];
  const key = typeof path === 'string' ? read(path) : path.map(read);
  return isStoreKey(key) ? key : undefined;
}

/** The bounds of a query with `prefix` resolved: an empty array sorts after every number and string, so it closes the prefix. */
export interface KeyBounds {
  readonly lower: StoreKey | undefined;
  readonly upper: StoreKey | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

/** The bounds of a query as keys, `prefix` worked out. */
export function boundsOf(query: RangeQuery): KeyBounds {
  if (query.prefix !== undefined) {
    const upper = [...query.prefix, []] as unknown as StoreKey;
    return { lower: query.prefix, upper, lowerOpen: false, upperOpen: true };
  }
  return { lower: query.lower, upper: query.upper, lowerOpen: query.lowerOpen === true, upperOpen: query.upperOpen === true };
}
