import { canonicalJson, type CommandId, type FolderId } from '@cacaw/protocol';
import { folderAddress, type Draft } from './plan-draft.ts';
import { childFolders } from './plan-places.ts';
import type { UndoRecord } from './plan-view.ts';

/** Takes commands back, the last one first, where what they wrote still stands as they wrote it; never a later write of anybody. */
export function undo(draft: Draft, { commands }: { readonly commands: readonly CommandId[] }): void {
  const records = draft.undoOf([...commands].reverse());
  draft.hydrate(records.flatMap(({ sets, births, counts }) => [...sets, ...births, ...counts].map(({ base }) => base)));
  draft.itemsIn(
    records.flatMap(({ births }) =>
      births.flatMap(({ base, rows }) => (base === 'root' ? rows.map((row) => row.slice(1) as FolderId) : [])),
    ),
  );
  const inner = childFolders(draft);
  for (const record of records) takeBack(draft, record, inner);
}

type ChildFolders = ReturnType<typeof childFolders>;

function takeBack(draft: Draft, { sets, births, counts }: UndoRecord, inner: ChildFolders): void {
  for (const { base, row, field, value, stamp, before } of sets) {
    const standing = draft.get({ base, row }, field);
    if (standing !== undefined && standing.stamp === stamp && canonicalJson(standing.value) === canonicalJson(value))
      draft.set({ base, row }, field, before);
  }
  for (const { base, rows, stamp } of births) {
    const untouched = rows.filter((row) => isUntouched(draft, { base, row }, stamp));
    const mayGo = base === 'root' ? untouched.filter((row) => isEmptied(draft, row.slice(1) as FolderId, inner)) : untouched;
    for (const row of mayGo) draft.set({ base, row }, 'D', draft.nowMs);
  }
  for (const { base, row, place, by } of counts) draft.count({ base, row }, place, -by);
}

/** Nobody has written to the row since it was born. */
function isUntouched(draft: Draft, { base, row }: { readonly base: string; readonly row: string }, stamp: number): boolean {
  const registers = draft.registers(base).row(row);
  return registers !== undefined && [...registers.values()].every((register) => register.stamp === stamp);
}

/** Nothing living lies in the folder: what somebody has put there since must not vanish with it. */
function isEmptied(draft: Draft, folder: FolderId, inner: ChildFolders): boolean {
  const [items = []] = draft.itemsIn([folder]);
  const addresses = [...draft.items(items.map(({ id }) => id)), ...(inner.get(folder) ?? []).map(folderAddress)];
  return addresses.every((address) => (draft.get(address, 'D')?.value ?? null) !== null);
}
