import { canonicalize, compareRegisters, type Json } from '@cacaw/protocol';
import type { RegisterReader, Write } from '../registers.ts';

/** One step of a schema: what an old field means in a new one. */
export interface Migration {
  /** First character of the row ids it concerns; `''` for items. */
  readonly initial: string;
  readonly from: string;
  readonly to: string;
  /** Undefined: this value has no meaning in the new field. Must be a pure function, for every device runs it. */
  readonly convert: (value: Json) => Json | undefined;
}

/**
 * Writes the new field with the old field's stamp: a join and not an edit. So it may run any number of times on any device in
 * any order, and a later edit of an older app still wins. Of two values with one stamp the larger converted one is shown.
 */
export function migrate(registers: RegisterReader, { initial, from, to, convert }: Migration): readonly Write[] {
  const writes: Write[] = [];
  for (const row of registers.rows()) {
    const old = row.startsWith(initial) ? registers.get(row, from) : undefined;
    const converted = old === undefined ? undefined : convert(old.value);
    if (old === undefined || converted === undefined) continue;
    const value = canonicalize(converted);
    const standing = registers.get(row, to);
    if (standing !== undefined && compareRegisters({ value, stamp: old.stamp }, standing) <= 0) continue;
    writes.push({ kind: 'set', row, field: to, value, stamp: old.stamp });
  }
  return writes;
}
