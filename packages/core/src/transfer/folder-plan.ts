import type { FolderRow, PlaceId } from '../inventory/rows.ts';
import { foldText } from '../search.ts';
import { Places, type PlaceNode } from '../views/places.ts';
import type { ImportFolder } from './table.ts';

/** A place of the collection, or the n-th folder the import will make. */
export type ImportPlace = { readonly kind: 'existing'; readonly id: PlaceId } | { readonly kind: 'new'; readonly folder: number };

/** A folder the import will make; its parent stands before it. */
export interface PlannedFolder extends ImportFolder {
  readonly name: string;
  readonly parent: ImportPlace;
}

const topLevel: ImportPlace = { kind: 'existing', id: '' };

/** Finds folders by their path, names folded, and plans the ones that are missing. */
export class FolderPlan {
  readonly folders: PlannedFolder[] = [];
  readonly #places = new Map<string, ImportPlace>([['', topLevel]]);
  readonly #looks: ReadonlyMap<string, ImportFolder>;

  constructor(existing: readonly FolderRow[], described: readonly ImportFolder[]) {
    this.#looks = new Map(described.map((folder) => [pathKey(folder.path), folder]));
    const places = folderPlaces(existing);
    const rows = new Map<string, FolderRow>(existing.map((row) => [row.id, row]));
    for (const row of [...existing].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))) {
      if (places.state(row.id) !== 'shown') continue;
      const key = pathKey(existingPath(row, places, rows));
      if (!this.#places.has(key)) this.#places.set(key, { kind: 'existing', id: row.id });
    }
  }

  /** The place at the end of a path, planned if it does not exist. */
  place(path: readonly string[]): ImportPlace {
    const key = pathKey(path);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const parent = this.place(path.slice(0, -1));
    const folder = this.folders.push({ ...this.#looks.get(key), path, name: path.at(-1) ?? '', parent }) - 1;
    const place: ImportPlace = { kind: 'new', folder };
    this.#places.set(key, place);
    return place;
  }
}

/** Where every folder of a collection is shown. */
export function folderPlaces(folders: readonly FolderRow[]): Places {
  const nodes = new Map<string, PlaceNode>();
  for (const { id, parent, trashedAt, movedAt } of folders) nodes.set(id, { id, parent, hidden: trashedAt !== null, movedAt });
  return new Places(nodes);
}

/** Lengths keep apart paths whose parts hold any separator one could choose. */
const pathKey = (path: readonly string[]): string => path.map((part) => `${foldText(part).length}:${foldText(part)}`).join('/');

function existingPath(row: FolderRow, places: Places, rows: ReadonlyMap<string, FolderRow>): readonly string[] {
  const path: string[] = [];
  for (let at: FolderRow | undefined = row; at !== undefined; at = rows.get(places.parent(at.id))) path.unshift(at.name);
  return path;
}
