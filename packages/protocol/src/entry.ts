import { canonicalJson, type Json } from './canonical-json.ts';
import { isStamp, type Stamp } from './stamp.ts';

/** One register write `[row, field, value, stamp]`, or with field 0 a bundle of first fields (stamp 0: each field brings its own). */
export type Entry = readonly [row: string, field: string | 0, value: Json, stamp: Stamp];

/** The newest known value of one field of one row. */
export interface Register {
  readonly value: Json;
  readonly stamp: Stamp;
}

/** Reads one array element as an entry; anything else is undefined, never an error (stored data may be hostile). */
export function parseEntry(value: unknown): Entry | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [row, field, content, stamp] = value as unknown[];
  if (!isName(row) || !isStamp(stamp)) return undefined;
  const isEntry = field === 0 ? isBundle(content) : isName(field) && content !== undefined;
  return isEntry ? (value as unknown as Entry) : undefined;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isBundle = (value: unknown): value is { readonly [field: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The registers one entry writes: one, or every field of a bundle. A folded bundle (stamp 0) carries `[value, stamp]` per field. */
export function registersOf(entry: Entry): readonly (readonly [field: string, register: Register])[] {
  const [, field, value, stamp] = entry;
  if (field !== 0) return [[field, { value, stamp }]];
  const found: (readonly [string, Register])[] = [];
  for (const [name, inner] of Object.entries(value as { readonly [field: string]: Json })) {
    const register = stamp === 0 ? foldedRegister(inner) : { value: inner, stamp };
    if (register !== undefined) found.push([name, register]);
  }
  return found;
}

function foldedRegister(value: Json): Register | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [inner, stamp] = value as readonly Json[];
  return inner !== undefined && isStamp(stamp) ? { value: inner, stamp } : undefined;
}

/** The total order that decides a register: larger stamp, then larger canonical JSON. Negative when `a` loses to `b`. */
export function compareRegisters(a: Register, b: Register): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp;
  const textA = canonicalJson(a.value);
  const textB = canonicalJson(b.value);
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
