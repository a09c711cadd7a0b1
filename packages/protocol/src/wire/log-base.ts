import type { Handle, LogBase } from '../messages.ts';

/** The log base of each joined collection, by its handle; without one, numbers travel relative to zero. */
export type LogBases = ReadonlyMap<Handle, LogBase>;

/** No collection has a base: all numbers are relative to zero. */
export const noBases: LogBases = new Map();
const zero: LogBase = { seq: 0, receivedAt: 0 } as LogBase;
const quarterMs = 250;

/**
 * The running reference of one message: the first seq and time are relative to the collection's base, each later one to
 * the one before it. A room-wide frame can be encoded once because every session of a room was given the same base.
 */
export class LogReference {
  readonly #bases: LogBases;
  #seq = 0;
  #quarter = 0;

  constructor(bases: LogBases) {
    this.#bases = bases;
  }

  enter(collection: Handle): void {
    const base = this.#bases.get(collection) ?? zero;
    this.#seq = base.seq;
    this.#quarter = Math.floor(base.receivedAt / quarterMs);
  }

  seqToDelta(seq: number): number {
    const delta = seq - this.#seq;
    this.#seq = seq;
    return delta;
  }

  deltaToSeq(delta: number): number {
    return (this.#seq += delta);
  }

  timeToDelta(ms: number): number {
    const quarter = Math.floor(ms / quarterMs);
    const delta = quarter - this.#quarter;
    this.#quarter = quarter;
    return delta;
  }

  deltaToTime(delta: number): number {
    return (this.#quarter += delta) * quarterMs;
  }
}
