import { isItemId, type FolderId, type ItemId } from '@cacaw/protocol';
import { CommandError } from './commands.ts';
import { isOrderKey } from './order.ts';
import { folderAddress, itemAddress, rowsBase, type Draft, type RowAddress } from './plan-draft.ts';
import type { Placed } from './plan-view.ts';
import { shardOf } from '@cacaw/protocol';
import type { PlaceId } from './rows.ts';

export const placeAddress = (place: PlaceId): RowAddress => (isItemId(place) ? itemAddress(place) : folderAddress(place as FolderId));

/** The places above a place, nearest first, the top level left out; stops where the chain breaks or turns in a circle. */
export function chainAbove(draft: Draft, place: PlaceId): readonly PlaceId[] {
  const chain: PlaceId[] = [];
  const seen = new Set<PlaceId>([place]);
  for (let at = parentOf(draft, place); at !== '' && !seen.has(at); at = parentOf(draft, at)) {
    seen.add(at);
    chain.push(at);
  }
  return chain;
}

function parentOf(draft: Draft, place: PlaceId): PlaceId {
  const parent = place === '' ? '' : draft.get(placeAddress(place), 'p')?.value;
  return typeof parent === 'string' ? (parent as PlaceId) : '';
}

/** Refuses to put something into itself or into what it contains. */
export function refuseCycle(draft: Draft, moved: ReadonlySet<string>, into: PlaceId): void {
  const inside = [into, ...chainAbove(draft, into)].find((place) => place !== '' && moved.has(place));
  if (inside === undefined) return;
  throw new CommandError('would-cycle', `${inside} cannot be moved into itself or into something it contains; choose another place.`, {
    id: inside,
    into,
  });
}

/** The folders that name a place as their parent, sorted as shown, trashed ones included. */
export function foldersIn(draft: Draft, place: PlaceId): readonly Placed<FolderId>[] {
  const found: Placed<FolderId>[] = [];
  const root = draft.registers('root');
  for (const row of root.rows()) {
    if (!row.startsWith('F') || root.get(row, 'Z') !== undefined) continue;
    if ((root.get(row, 'p')?.value ?? '') !== place) continue;
    const order = root.get(row, 'o')?.value;
    found.push({ id: row.slice(1) as FolderId, order: typeof order === 'string' ? order : '' });
  }
  return found.sort(byOrder);
}

const byOrder = (a: Placed<string>, b: Placed<string>): number =>
  a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1;

/** Where to insert among siblings: after the named one, at the start for null, at the end otherwise or when it is not there. */
export function positionAfter(siblings: readonly Placed<string>[], after: string | null | undefined): number {
  if (after === null) return 0;
  const at = siblings.findIndex(({ id }) => id === after);
  return at < 0 ? siblings.length : at + 1;
}

/** The largest usable order among siblings. */
export const lastOrderOf = (siblings: readonly Placed<string>[]): string | null =>
  siblings.reduce<string | null>((last, { order }) => (isOrderKey(order) && (last === null || order > last) ? order : last), null);

/** Every folder and item below some places, the places themselves first among the folders. */
export function subtree(
  draft: Draft,
  folders: readonly FolderId[],
  items: readonly ItemId[],
): { readonly folders: ReadonlySet<FolderId>; readonly items: ReadonlySet<ItemId> } {
  const foundFolders = new Set<FolderId>();
  const foundItems = new Set<ItemId>(items);
  const seen = new Set<PlaceId>();
  for (let level: readonly PlaceId[] = [...folders, ...items]; level.length > 0;) {
    level.forEach((place) => void (isItemId(place) ? seen.add(place) : seen.add(place) && foundFolders.add(place as FolderId)));
    const containers = containersAmong(draft, level);
    const inner = draft.itemsIn(containers).flat();
    inner.forEach(({ id }) => foundItems.add(id));
    const below = containers.flatMap((place) => foldersIn(draft, place)).map(({ id }) => id);
    level = [...below, ...inner.map(({ id }) => id)].filter((place) => !seen.has(place));
  }
  return { folders: foundFolders, items: foundItems };
}

function containersAmong(draft: Draft, level: readonly PlaceId[]): readonly PlaceId[] {
  const items = level.filter((place): place is ItemId => isItemId(place));
  draft.hydrate(items.map((item) => rowsBase(shardOf(item))));
  return level.filter((place) => !isItemId(place) || draft.get(itemAddress(place), 'k')?.value === 1);
}
