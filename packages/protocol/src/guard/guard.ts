import type { ParsedDocumentName } from '../document-name.ts';
import { maxMessageBytes, maxRepairBytes, maxUpdateBytes } from '../limits.ts';
import { EntryCheck } from './entries.ts';
import { laneOf, type Lane } from './lanes.ts';
import { Scan } from './scan.ts';
import { trustedStateOf } from './trusted.ts';
import { UpdateScan } from './update-scan.ts';
import { emptyGuardState, type GuardContext, type GuardRule, type GuardState, type Verdict } from './verdict.ts';

/** The document an update is for, and the state its committed updates add up to. */
export interface GuardedDocument {
  readonly name: ParsedDocumentName;
  readonly state: GuardState;
}

/**
 * Judges a Yjs update before anybody loads, stores or forwards it. Pure, one strict pass, never throws, allocates no more
 * than the bytes hold. What it accepts in a register document applies to every replica without error or leftovers; `notes`
 * and `free` documents are checked against a `Y.Doc` besides.
 */
export function guardUpdate({ name, state }: GuardedDocument, bytes: Uint8Array, context: GuardContext): Verdict {
  const lane = laneOf(name);
  if (lane === undefined) return refuse('G15', 'proposals are not taken yet');
  const limit = limitOf(lane, context);
  if (bytes.length > limit) return refuse('G1', `an update of ${bytes.length} bytes is larger than ${limit}; split the command`);
  const scan = new Scan(bytes);
  const entries = new EntryCheck(scan, name, context);
  const update = new UpdateScan(scan, lane, {
    state,
    writer: context.writer,
    onElement: (value, _id, size) => entries.accept(value, size),
  });
  update.run();
  entries.checkBirths(state.births);
  if (scan.refusal !== undefined) return { ok: false, ...scan.refusal };
  return {
    ok: true,
    next: { stateVector: update.next, births: state.births + entries.births },
    facts: {
      births: entries.births,
      entries: entries.entries,
      structs: update.structs,
      deletes: update.deletes,
      maxStamp: entries.maxStamp,
      writers: update.clients,
    },
  };
}

function limitOf(lane: Lane, context: GuardContext): number {
  if (lane.isFree) return maxMessageBytes;
  return context.writer === 'repair' ? maxRepairBytes : maxUpdateBytes;
}

const refuse = (rule: GuardRule, reason: string): Verdict => ({ ok: false, kind: 'rule', rule, reason });

/**
 * The state that `updates`, committed in this order, add up to: a snapshot and its tail, or a whole log. They are trusted
 * (a snapshot made by Yjs holds collected ranges), only read strictly; undefined means one is unreadable or missing.
 */
export function guardStateOf(document: ParsedDocumentName, updates: Iterable<Uint8Array>): GuardState | undefined {
  let state: GuardState | undefined = emptyGuardState;
  for (const bytes of updates) {
    state = trustedStateOf(document, state, bytes);
    if (state === undefined) return undefined;
  }
  return state;
}
