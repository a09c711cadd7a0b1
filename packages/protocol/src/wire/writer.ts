const utf8 = new TextEncoder();

/** Collects bytes into one growing buffer. */
export class Writer {
  #buffer: Uint8Array;
  #length = 0;

  constructor(expectedBytes = 64) {
    this.#buffer = new Uint8Array(expectedBytes);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  /** An unsigned varint up to 2^53 - 1. */
  uint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${value} is no unsigned integer below 2^53; it cannot go into a frame.`);
    let rest = value;
    while (rest > 127) {
      this.byte(128 + (rest % 128));
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** A zigzag varint. */
  int(value: number): void {
    this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The bytes of `text` in UTF-8; lone surrogates become U+FFFD. */
  static utf8(text: string): Uint8Array {
    return utf8.encode(text);
  }

  /** Everything written so far, in a buffer of its own. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}
