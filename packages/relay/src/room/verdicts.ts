import type { Clock } from '@cacaw/protocol';
import { guardUpdate, type GuardSchema, type GuardState, type Verdict } from '@cacaw/protocol/guard';
import type { PushOp, RepairOp } from './ops.ts';

/** What the guard says of updates. Guard states are immutable, so a verdict holds exactly as long as the state is the same object. */
export class Verdicts {
  readonly #schema: GuardSchema;
  readonly #clock: Clock;
  readonly #reached = new Map<PushOp | RepairOp, { readonly state: GuardState; readonly verdict: Verdict }>();

  constructor({ schema, clock }: { readonly schema: GuardSchema; readonly clock: Clock }) {
    this.#schema = schema;
    this.#clock = clock;
  }

  /** Judges an update at a state, unless it was judged at this very state before. */
  of(op: PushOp | RepairOp, state: GuardState): Verdict {
    const known = this.#reached.get(op);
    if (known?.state === state) return known.verdict;
    const context = {
      writer: op.kind === 'repair' ? ('repair' as const) : op.writer,
      nowMs: this.#clock.now(),
      schema: this.#schema,
    };
    const verdict = guardUpdate({ name: op.target.parsed, state }, op.bytes, context);
    this.#reached.set(op, { state, verdict });
    return verdict;
  }
}
