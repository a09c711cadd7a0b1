import type { RefusedKind } from '../messages.ts';
import type { WriterId } from '../ids.ts';
import type { Stamp } from '../stamp.ts';
import type { GuardSchema } from './schema.ts';

/** All the guard remembers of one document: what its committed updates add up to. Replaced, never changed. */
export interface GuardState {
  /** The next clock expected of each writer. */
  readonly stateVector: ReadonlyMap<number, number>;
  /** Births so far, counted by the entries ever pushed, deleted ones included. */
  readonly births: number;
}

/** Who pushes, when, and under which data model. */
export interface GuardContext {
  /** The pushing writer, or `repair`: structs of any writer, from an editor after a lineage mismatch. */
  readonly writer: WriterId | 'repair';
  readonly nowMs: number;
  readonly schema: GuardSchema;
}

/** What an accepted update holds, for logs and metrics. */
export interface UpdateFacts {
  readonly births: number;
  readonly entries: number;
  readonly structs: number;
  readonly deletes: number;
  /** The largest stamp, or 0 without entries. */
  readonly maxStamp: Stamp;
  /** Whose structs it holds. */
  readonly writers: readonly number[];
}

/** The rules of `SPEC.md` that a refusal names. */
export type GuardRule = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'G9' | 'G10' | 'G11' | 'G12' | 'G13' | 'G14' | 'G15';

/** Why an update is refused: what the device is told, the rule it breaks, and a sentence for people. */
export interface Refusal {
  readonly kind: RefusedKind;
  readonly rule: GuardRule;
  readonly reason: string;
}

/** The guard's answer: accepted with the state that holds once the bytes are committed, or refused with the rule it breaks. */
export type Verdict = { readonly ok: true; readonly next: GuardState; readonly facts: UpdateFacts } | ({ readonly ok: false } & Refusal);

/** The state of a document no update has been committed to. */
export const emptyGuardState: GuardState = { stateVector: new Map(), births: 0 };
