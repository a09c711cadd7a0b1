import type { LogAck, LogEntry } from '@cacaw/core/device';
import type { Seq } from '@cacaw/protocol';

/** A run of the log that follows a cursor without a hole, ready to be confirmed in one transaction. */
export interface TailRun {
  readonly entries: readonly LogEntry[];
  /** The position after the run; undefined when it is empty. */
  readonly end: { readonly seq: Seq; readonly chain: Uint8Array } | undefined;
  /** Own commits at or before the cursor: a pull has brought them already, perhaps inside a snapshot. */
  readonly passed: readonly LogAck[];
}

/** What the relay sent live and the device has not confirmed yet, in order; bounded, as a pull may take long. */
export interface Tail {
  readonly isEmpty: boolean;
  add(entries: readonly LogEntry[], chain: Uint8Array): void;
  /** The next run after `seq`; `gap` when entries are missing, which only a pull can bring. */
  take(seq: Seq): TailRun | 'gap' | 'nothing';
  /** A pull starts now that covers what was dropped. */
  mend(): void;
  clear(): void;
}

/** An empty tail that drops others' updates, and pulls them later, beyond `maxBytes`. */
export const createTail = (maxBytes: number = 4 * 1024 * 1024): Tail => new BoundedTail(maxBytes);

/** So that one transaction stays short. */
const maxRunEntries = 500;
const maxRunBytes = 1024 * 1024;

interface Frame {
  readonly entries: readonly LogEntry[];
  readonly chain: Uint8Array;
  readonly first: Seq;
  readonly last: Seq;
  readonly bytes: number;
}

class BoundedTail implements Tail {
  readonly #maxBytes: number;
  #frames: Frame[] = [];
  #bytes = 0;
  /** Own commits out of frames that were dropped or passed: they are never dropped, nobody sends them again. */
  #acks: LogAck[] = [];
  #isBroken = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0 && this.#acks.length === 0 && !this.#isBroken;
  }

  add(entries: readonly LogEntry[], chain: Uint8Array): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return;
    const bytes = entries.reduce((sum, entry) => sum + (entry.kind === 'update' ? entry.bytes.length : 0), 0);
    this.#frames.push({ entries, chain, first: first.seq, last: last.seq, bytes });
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes || this.#isBroken) this.#break();
  }

  take(seq: Seq): TailRun | 'gap' | 'nothing' {
    // Those beyond the cursor wait for the pull that mends the tail: what is named committed must be confirmed here already.
    const passed = this.#acks.filter((ack) => ack.seq <= seq);
    this.#acks = this.#acks.filter((ack) => ack.seq > seq);
    const entries: LogEntry[] = [];
    let end: TailRun['end'];
    let at = seq;
    let bytes = 0;
    for (let frame = this.#frames[0]; frame !== undefined; frame = this.#frames[0]) {
      if (frame.first > at + 1 || entries.length >= maxRunEntries || bytes > maxRunBytes) break;
      this.#frames.shift();
      this.#bytes -= frame.bytes;
      bytes += frame.bytes;
      passed.push(...acksOf(frame).filter((ack) => ack.seq <= seq));
      const from = at;
      entries.push(...frame.entries.filter((entry) => entry.seq > from));
      if (frame.last <= at) continue;
      at = frame.last;
      end = { seq: frame.last, chain: frame.chain };
    }
    if (entries.length + passed.length > 0) return { entries, end, passed };
    return this.isEmpty ? 'nothing' : 'gap';
  }

  mend(): void {
    this.#isBroken = false;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#acks = [];
    this.#isBroken = false;
  }

  #break(): void {
    for (const frame of this.#frames.splice(0)) this.#acks.push(...acksOf(frame));
    this.#bytes = 0;
    this.#isBroken = true;
  }
}

const acksOf = ({ entries }: Frame): readonly LogAck[] => entries.filter((entry) => entry.kind === 'ack');
