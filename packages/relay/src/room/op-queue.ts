import type { RoomOp } from './ops.ts';

interface Question {
  readonly kind: 'question';
  readonly ask: () => Promise<void>;
}

const maxOps = 256;
const maxOpBytes = 1024 * 1024;
/** Updates waiting while the database is slow: beyond it they are refused, lest one collection fill the memory of all. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** What a room has been asked for and has not come to: ops, and questions that want everything before them done. */
export class OpQueue {
  #waiting: (RoomOp | Question)[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes > maxWaitingBytes;
  }

  add(op: RoomOp): void {
    this.#bytes += sizeOf(op);
    this.#waiting.push(op);
  }

  ask(ask: () => Promise<void>): void {
    this.#waiting.push({ kind: 'question', ask });
  }

  /** The next question, or the next ops that go into one append; undefined when nothing waits. */
  take(): Question | readonly RoomOp[] | undefined {
    const [first] = this.#waiting;
    if (first?.kind !== 'question') return first === undefined ? undefined : this.#takeOps();
    this.#waiting.shift();
    return first;
  }

  /** Empties the queue. */
  drain(): readonly (RoomOp | Question)[] {
    this.#bytes = 0;
    return this.#waiting.splice(0);
  }

  #takeOps(): readonly RoomOp[] {
    const ops: RoomOp[] = [];
    let bytes = 0;
    for (const one of this.#waiting) {
      if (one.kind === 'question') break;
      bytes += sizeOf(one);
      if (ops.length > 0 && (ops.length >= maxOps || bytes > maxOpBytes)) break;
      ops.push(one);
    }
    this.#waiting.splice(0, ops.length);
    this.#bytes -= bytesOf(ops);
    return ops;
  }
}

/** Bytes a batch brings to the log. */
export const bytesOf = (ops: readonly RoomOp[]): number => ops.reduce((sum, op) => sum + sizeOf(op), 0);

const sizeOf = (op: RoomOp): number => (op.kind === 'close' ? 0 : op.bytes.length);
