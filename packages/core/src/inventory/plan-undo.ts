import { canonicalJson, type CommandId } from '@cacaw/protocol';
import type { Draft } from './plan-draft.ts';
import type { UndoRecord } from './plan-view.ts';

/** Takes commands back, the last one first, where what they wrote still stands as they wrote it; never a later write of anybody. */
export function undo(draft: Draft, { commands }: { readonly commands: readonly CommandId[] }): void {
  const records = draft.undoOf([...commands].reverse());
  draft.hydrate(records.flatMap(({ sets, births, counts }) => [...sets, ...births, ...counts].map(({ base }) => base)));
  for (const record of records) takeBack(draft, record);
}

function takeBack(draft: Draft, { sets, births, counts }: UndoRecord): void {
  for (const { base, row, field, value, stamp, before } of sets) {
    const standing = draft.get({ base, row }, field);
    if (standing !== undefined && standing.stamp === stamp && canonicalJson(standing.value) === canonicalJson(value))
      draft.set({ base, row }, field, before);
  }
  for (const { base, rows, stamp } of births) {
    for (const row of rows) if (isUntouched(draft, { base, row }, stamp)) draft.set({ base, row }, 'D', draft.nowMs);
  }
  for (const { base, row, place, by } of counts) draft.count({ base, row }, place, -by);
}

/** Nobody has written to the row since it was born. */
function isUntouched(draft: Draft, { base, row }: { readonly base: string; readonly row: string }, stamp: number): boolean {
  const registers = draft.registers(base).row(row);
  return registers !== undefined && [...registers.values()].every((register) => register.stamp === stamp);
}
