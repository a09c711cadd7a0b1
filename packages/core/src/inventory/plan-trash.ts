import { localOf, shardOf, type FolderId, type ItemId } from '@cacaw/protocol';
import { folderAddress, itemAddress, notesBase, rowsBase, type Draft, type RowAddress } from './plan-draft.ts';
import { chainAbove, placeAddress, subtree } from './plan-places.ts';
import type { PlaceId } from './rows.ts';

interface Rows {
  readonly items: readonly ItemId[];
  readonly folders: readonly FolderId[];
}

const addressesOf = (draft: Draft, { items, folders }: Rows): readonly RowAddress[] => [
  ...draft.items(items),
  ...folders.map((folder) => draft.folder(folder)),
];

/**
 * Marks the named rows only: what lies in a trashed folder is in the trash because its folder is. So a whole folder goes and
 * comes back in one write, with everything others put into it meanwhile.
 */
export function trash(draft: Draft, rows: Rows): void {
  for (const address of addressesOf(draft, rows)) {
    if ((draft.get(address, 'D')?.value ?? null) === null) draft.set(address, 'D', draft.nowMs);
  }
}

/** Takes the mark away; what then still lies in a trashed place moves up to the nearest living one, so that it can be seen. */
export function restore(draft: Draft, rows: Rows): void {
  for (const address of addressesOf(draft, rows)) if ((draft.get(address, 'D')?.value ?? null) !== null) draft.set(address, 'D', null);
  for (const place of [...rows.folders, ...rows.items]) {
    const chain = chainAbove(draft, place);
    const trashed = chain.findLastIndex((above) => isTrashed(draft, above));
    if (trashed >= 0) draft.set(placeAddress(place), 'p', chain[trashed + 1] ?? '');
  }
}

const isTrashed = (draft: Draft, place: PlaceId): boolean => (draft.get(placeAddress(place), 'D')?.value ?? null) !== null;

/** Deletes rows for ever, with everything below them and their notes. */
export function purge(draft: Draft, rows: Rows): void {
  addressesOf(draft, rows);
  const doomed = subtree(draft, rows.folders, rows.items);
  draft.hydrate([...doomed.items].flatMap((item) => [rowsBase(shardOf(item)), notesBase(shardOf(item))]));
  for (const item of doomed.items) {
    draft.note(item, draft.registers(notesBase(shardOf(item))).note(localOf(item)), '');
    draft.purge(itemAddress(item));
  }
  for (const folder of doomed.folders) draft.purge(folderAddress(folder));
}
