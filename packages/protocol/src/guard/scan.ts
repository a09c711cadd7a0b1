import { Reader } from '../wire/reader.ts';
import type { RefusedKind } from '../messages.ts';
import type { GuardRule, Refusal } from './verdict.ts';

/** One pass over one update: the reader, and the first thing found wrong. */
export class Scan {
  readonly reader: Reader;
  #refusal: Refusal | undefined;

  constructor(bytes: Uint8Array) {
    this.reader = new Reader(bytes);
  }

  /** Why the update is refused; bytes that could not be read break G1. */
  get refusal(): Refusal | undefined {
    if (this.#refusal !== undefined || this.reader.problem === undefined) return this.#refusal;
    return { kind: 'rule', rule: 'G1', reason: this.reader.problem };
  }

  get isOver(): boolean {
    return this.reader.problem !== undefined;
  }

  /** Ends the scan. What was read after a failure is zero or empty, so only the first finding counts. */
  refuse(rule: GuardRule, reason: string, kind: RefusedKind = 'rule'): void {
    if (this.isOver) return;
    this.#refusal = { kind, rule, reason };
    this.reader.fail(reason);
  }

  /** A count that cannot be larger than the bytes left, each counted thing taking at least `bytesEach`. */
  count(what: string, max: number, bytesEach: number): number {
    const count = this.reader.uint();
    if (count * bytesEach > this.reader.remaining) this.refuse('G1', `${count} ${what} cannot fit into the bytes that are left`);
    if (count > max) this.refuse('G1', `${count} ${what} are more than the ${max} one update may hold`);
    return this.isOver ? 0 : count;
  }

  /** Text with its byte length first. */
  text(): string {
    return this.reader.text(this.reader.uint());
  }
}
