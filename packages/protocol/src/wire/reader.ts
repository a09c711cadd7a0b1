const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const empty = new Uint8Array(0);

/**
 * Reads bytes that may be hostile: it never throws and never reads or allocates past the end. The first impossible read
 * sets `problem`; from then on every read returns zero or empty, so callers check once at the end.
 */
export class Reader {
  readonly bytes: Uint8Array;
  /** Where the next byte is read. */
  position = 0;
  /** Why reading failed, or undefined while all is well. */
  problem: string | undefined;

  constructor(bytes: Uint8Array) {
    // A Buffer's slice is a view, not a copy, and its ArrayBuffer begins elsewhere.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Marks the input as unreadable; the first reason stays. */
  fail(problem: string): void {
    this.problem ??= problem;
    this.position = this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined) {
      this.fail('the bytes end too early');
      return 0;
    }
    this.position += 1;
    return value;
  }

  /** An unsigned varint up to 2^53 - 1 in its shortest form. */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return this.#shortest(value, byte, count);
      scale *= 128;
    }
    this.fail('a number is too long');
    return 0;
  }

  #shortest(value: number, last: number, count: number): number {
    if (this.problem !== undefined) return 0;
    if (last === 0 && count > 0) this.fail('a number is not in its shortest form');
    else if (value > Number.MAX_SAFE_INTEGER) this.fail('a number is too large');
    else return value;
    return 0;
  }

  /** A zigzag varint: small numbers of either sign stay short. */
  int(): number {
    const folded = this.uint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** A copy of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.remaining) {
      this.fail('a length goes past the end');
      return empty;
    }
    const piece = this.bytes.slice(this.position, this.position + length);
    this.position += length;
    return piece;
  }

  /** Passes over the next `length` bytes. */
  skip(length: number): void {
    if (length > this.remaining) this.fail('a length goes past the end');
    else this.position += length;
  }

  /** The next `length` bytes as well-formed UTF-8 text. */
  text(length: number): string {
    if (length > this.remaining) {
      this.fail('a length goes past the end');
      return '';
    }
    const piece = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    try {
      return utf8.decode(piece);
    } catch {
      this.fail('a text is not UTF-8');
      return '';
    }
  }
}
