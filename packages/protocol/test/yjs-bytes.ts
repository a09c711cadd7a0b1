import { Writer } from '../src/wire/writer.ts';

/** Writes Yjs updates by hand, also those Yjs itself would never write. Numbers are written as given. */
export class UpdateBytes {
  readonly #writer = new Writer();

  uints(...values: readonly number[]): this {
    for (const value of values) this.#writer.uint(value);
    return this;
  }

  bytes(...values: readonly number[]): this {
    this.#writer.raw(Uint8Array.from(values));
    return this;
  }

  text(value: string): this {
    const encoded = Writer.utf8(value);
    return this.uints(encoded.length).bytes(...encoded);
  }

  /** A lib0 `any`. */
  any(value: unknown): this {
    if (value === null) return this.bytes(126);
    if (typeof value === 'string') return this.bytes(119).text(value);
    if (typeof value === 'boolean') return this.bytes(value ? 120 : 121);
    if (typeof value === 'number') return this.#float(value);
    if (typeof value === 'bigint') return this.bytes(122, 0, 0, 0, 0, 0, 0, 0, Number(value));
    if (value === undefined) return this.bytes(127);
    if (value instanceof Uint8Array)
      return this.bytes(116)
        .uints(value.length)
        .bytes(...value);
    if (Array.isArray(value)) return this.#list(value);
    return this.#object(value);
  }

  #float(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    return this.bytes(123, ...bytes);
  }

  #list(values: readonly unknown[]): this {
    this.bytes(117).uints(values.length);
    for (const value of values) this.any(value);
    return this;
  }

  #object(value: object): this {
    const entries = Object.entries(value);
    this.bytes(118).uints(entries.length);
    for (const [key, one] of entries) this.text(key).any(one);
    return this;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

/** An update of one writer: its structs as written by `structs`, and no deletions. */
export function oneBlock(
  options: { readonly client?: number; readonly clock?: number; readonly count?: number },
  structs: (to: UpdateBytes) => void,
): Uint8Array {
  const to = new UpdateBytes().uints(1, options.count ?? 1, options.client ?? 77, options.clock ?? 0);
  structs(to);
  return to.uints(0).finish();
}

/** The first struct of a writer under root `r`, with these elements. */
export const elementsAtRoot = (values: readonly unknown[], rootName = 'r'): Uint8Array =>
  oneBlock({}, (to) => {
    to.bytes(8).uints(1).text(rootName).uints(values.length);
    for (const value of values) to.any(value);
  });

/** An update without structs that deletes the given ranges. */
export const deletions = (ranges: readonly (readonly [client: number, clock: number, length: number])[]): Uint8Array => {
  const to = new UpdateBytes().uints(0, ranges.length);
  for (const [client, clock, length] of ranges) to.uints(client, 1, clock, length);
  return to.finish();
};
