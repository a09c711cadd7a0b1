import { compareRegisters, registersOf, type Entry, type Register } from '@cacaw/protocol';

/** The standing entries of one row and the visible register of each of its fields. */
export class RowIndex {
  readonly #standing = new Set<Entry>();
  #visible = new Map<string, Register>();

  get visible(): ReadonlyMap<string, Register> {
    return this.#visible;
  }

  get standing(): ReadonlySet<Entry> {
    return this.#standing;
  }

  add(entry: Entry): void {
    this.#standing.add(entry);
    this.#show(entry);
  }

  /** Forgets an entry the caller has just superseded with a larger one of the same field: what is visible stays right. */
  drop(entry: Entry): void {
    this.#standing.delete(entry);
  }

  /** Forgets entries that somebody deleted and reads the row again, so that it is a pure function of what stands. */
  remove(entries: Iterable<Entry>): void {
    for (const entry of entries) this.#standing.delete(entry);
    this.#visible = new Map();
    for (const entry of this.#standing) this.#show(entry);
  }

  /** The standing single entries of one field; bundles stay until a mint folds them. */
  singles(field: string): Entry[] {
    const found: Entry[] = [];
    for (const entry of this.#standing) if (entry[1] === field) found.push(entry);
    return found;
  }

  #show(entry: Entry): void {
    if (entry[1] !== 0) return this.#put(entry[1], { value: entry[2], stamp: entry[3] });
    for (const [field, register] of registersOf(entry)) this.#put(field, register);
  }

  #put(field: string, register: Register): void {
    const seen = this.#visible.get(field);
    if (seen === undefined || compareRegisters(register, seen) > 0) this.#visible.set(field, register);
  }
}
