/** A plain JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Thrown when a value cannot be stored: it has no canonical JSON form. */
export class ValueError extends Error {
  readonly code = 'value';
}

const maxDepth = 16;

/**
 * Returns a frozen copy in canonical form: object keys sorted by code unit, well-formed strings, no -0.
 * Throws {@link ValueError} for undefined, NaN, infinities, bigint, bytes, functions, `__proto__` keys and depth over 16,
 * because otherwise the order of equal stamps is not total and replicas differ (measured, model.md).
 */
export function canonicalize(value: unknown, depth = 0): Json {
  if (depth > maxDepth) throw new ValueError('This value is nested deeper than 16 levels; flatten it.');
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return canonicalNumber(value);
  if (Array.isArray(value)) return Object.freeze(value.map((one) => canonicalize(one, depth + 1)));
  if (typeof value === 'object') return canonicalObject(value, depth);
  throw new ValueError(`A ${typeof value} cannot be stored; use text, numbers, true/false, lists or plain objects.`);
}

function canonicalNumber(value: number): number {
  if (!Number.isFinite(value)) throw new ValueError(`${value} cannot be stored; use a finite number.`);
  return value === 0 ? 0 : value;
}

function canonicalObject(value: object, depth: number): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new ValueError('Only plain objects can be stored.');
  const entries = Object.entries(value).map(([key, one]) => [key.toWellFormed(), one] as const);
  if (entries.some(([key]) => key === '__proto__')) throw new ValueError('The key __proto__ cannot be stored.');
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.freeze(Object.fromEntries(entries.map(([key, one]) => [key, canonicalize(one, depth + 1)])));
}

/** The text two replicas compare when stamps are equal; `value` must come from {@link canonicalize}. */
export const canonicalJson = (value: Json): string => JSON.stringify(value);
