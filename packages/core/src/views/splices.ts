import type { ItemId } from '@cacaw/protocol';
import type { Splice } from './queries.ts';

type Compare = (a: number, b: number) => number;

/** One place where a list changes: `removed` go, `inserted` come. `at` counts in the list as the hunks before it left it. */
interface Hunk {
  at: number;
  readonly removed: number[];
  readonly inserted: number[];
}

/** A list after a change, and the hunks that lead there. */
export interface Merged {
  readonly slots: number[];
  readonly hunks: readonly Hunk[];
}

/** Below this many changed slots, looking for each is cheaper than asking each slot of the list. */
const few = 16;

/**
 * Takes `changed` slots out of a sorted list and puts `inserted` (sorted) in. The old keys of the changed slots are not
 * needed, few comparisons are made, and hunks that end where they began are left out.
 */
export function mergeSlots(
  old: readonly number[],
  changed: ReadonlySet<number>,
  { inserted, compare }: { readonly inserted: readonly number[]; readonly compare: Compare },
): Merged {
  const removedAt = indexesOf(old, changed);
  const kept = without(old, removedAt);
  const insertAt = inserted.map((slot) => placeOf(kept, slot, compare));
  const hunks = hunksAt(
    removedAt.map((at, before) => [at - before, old[at] ?? 0]),
    insertAt.map((at, n) => [at, inserted[n] ?? 0]),
  );
  return { slots: withInserted(kept, insertAt, inserted), hunks };
}

function indexesOf(old: readonly number[], changed: ReadonlySet<number>): number[] {
  if (changed.size <= few)
    return [...changed]
      .map((slot) => old.indexOf(slot))
      .filter((at) => at !== -1)
      .sort((a, b) => a - b);
  const found: number[] = [];
  for (let at = 0; at < old.length; at++) if (changed.has(old[at] ?? -1)) found.push(at);
  return found;
}

function without(old: readonly number[], removedAt: readonly number[]): number[] {
  if (removedAt.length > few) {
    const removed = new Set(removedAt);
    return old.filter((_, at) => !removed.has(at));
  }
  const kept = [...old];
  for (const at of removedAt.toReversed()) kept.splice(at, 1);
  return kept;
}

function withInserted(kept: number[], insertAt: readonly number[], inserted: readonly number[]): number[] {
  if (inserted.length <= few) {
    for (let n = inserted.length - 1; n >= 0; n--) kept.splice(insertAt[n] ?? 0, 0, inserted[n] ?? 0);
    return kept;
  }
  const slots: number[] = [];
  let next = 0;
  for (let at = 0; at <= kept.length; at++) {
    while (insertAt[next] === at) slots.push(inserted[next++] ?? 0);
    if (at < kept.length) slots.push(kept[at] ?? 0);
  }
  return slots;
}

/** The first index whose slot does not come before `slot`. */
function placeOf(sorted: readonly number[], slot: number, compare: Compare): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] ?? 0, slot) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

type At = readonly [at: number, slot: number];

/** Removals and insertions by their index among the kept slots, as hunks from left to right. */
function hunksAt(removed: readonly At[], inserted: readonly At[]): readonly Hunk[] {
  const hunks = new Map<number, Hunk>();
  const hunk = (at: number): Hunk => {
    const known = hunks.get(at) ?? { at, removed: [], inserted: [] };
    hunks.set(at, known);
    return known;
  };
  for (const [at, slot] of removed) hunk(at).removed.push(slot);
  for (const [at, slot] of inserted) hunk(at).inserted.push(slot);
  const inOrder = [...hunks.values()].sort((a, b) => a.at - b.at);
  let shift = 0;
  for (const one of inOrder) {
    const came = one.inserted.length;
    one.at += shift;
    shift += came;
    trim(one);
  }
  return inOrder.filter((one) => one.removed.length + one.inserted.length > 0);
}

/** A row that leaves a place and comes back to it has not moved. */
function trim(hunk: Hunk): void {
  const { removed, inserted } = hunk;
  while (removed.length > 0 && removed.at(-1) === inserted.at(-1)) {
    removed.pop();
    inserted.pop();
  }
  let same = 0;
  while (same < removed.length && removed[same] === inserted[same]) same++;
  removed.splice(0, same);
  inserted.splice(0, same);
  hunk.at += same;
}

/** The hunks as a reader of ids needs them. */
export const hunksToSplices = (hunks: readonly Hunk[], ids: readonly ItemId[]): readonly Splice[] =>
  hunks.map(({ at, removed, inserted }) => ({
    at,
    remove: removed.length,
    insert: inserted.flatMap((slot) => ids[slot] ?? []),
  }));
