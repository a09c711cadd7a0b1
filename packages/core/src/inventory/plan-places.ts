import { isItemId, shardOf, type FolderId, type ItemId } from '@cacaw/protocol';
import { CommandError } from './commands.ts';
import { isOrderKey } from './order.ts';
import { folderAddress, itemAddress, rowsBase, type Draft, type RowAddress } from './plan-draft.ts';
import type { Placed } from './plan-view.ts';
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

/** Folders and items, and all that lies below them. */
export interface Subtree {
  readonly folders: ReadonlySet<FolderId>;
  readonly items: ReadonlySet<ItemId>;
}

/** The given rows with every folder and item below them. Folders are followed first: only boxes within boxes cost further rounds. */
export function subtree(draft: Draft, folders: readonly FolderId[], items: readonly ItemId[]): Subtree {
  const inner = childFolders(draft);
  const found = { folders: new Set<FolderId>(), items: new Set<ItemId>(items) };
  let opened: readonly PlaceId[] = [...closure(folders, inner, found.folders), ...containersAmong(draft, items)];
  while (opened.length > 0) {
    const fresh = draft
      .itemsIn(opened)
      .flat()
      .map(({ id }) => id)
      .filter((id) => !found.items.has(id));
    for (const id of fresh) found.items.add(id);
    const below = opened.flatMap((place) => (isItemId(place) ? (inner.get(place) ?? []) : []));
    opened = [...closure(below, inner, found.folders), ...containersAmong(draft, fresh)];
  }
  return found;
}

/** Folders by the place they lie in. */
export function childFolders(draft: Draft): ReadonlyMap<string, readonly FolderId[]> {
  const inner = new Map<string, FolderId[]>();
  const root = draft.registers('root');
  for (const row of root.rows()) {
    if (!row.startsWith('F') || root.get(row, 'Z') !== undefined) continue;
    const parent = root.get(row, 'p')?.value ?? '';
    if (typeof parent !== 'string') continue;
    const siblings = inner.get(parent);
    if (siblings === undefined) inner.set(parent, [row.slice(1) as FolderId]);
    else siblings.push(row.slice(1) as FolderId);
  }
  return inner;
}

/** The folders and all folders in them that `found` does not hold yet; adds them to it. */
function closure(folders: readonly FolderId[], inner: ReadonlyMap<string, readonly FolderId[]>, found: Set<FolderId>): readonly FolderId[] {
  const fresh = new Set(folders.filter((folder) => !found.has(folder)));
  for (const folder of fresh) {
    found.add(folder);
    for (const child of inner.get(folder) ?? []) if (!found.has(child)) fresh.add(child);
  }
  return [...fresh];
}

function containersAmong(draft: Draft, items: readonly ItemId[]): readonly ItemId[] {
  draft.hydrate(items.map((item) => rowsBase(shardOf(item))));
  return items.filter((item) => draft.get(itemAddress(item), 'k')?.value === 1);
}
