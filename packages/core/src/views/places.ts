import { resolveTree, type ShownIn, type TreeNode } from '../inventory/tree.ts';

/** A folder or a containing item, as far as its place matters. */
export interface PlaceNode extends TreeNode {
  readonly id: string;
  /** Trashed, merged away or purged: what lies in it is not shown in lists. */
  readonly hidden: boolean;
}

/** Whether what lies in a place is shown, hidden in the trash with it, or shown under Recovered. */
export type PlaceState = 'shown' | 'hidden' | 'recovered';

/** Every place of a collection with its parent after missing parents and cycles have been dealt with: always a forest. */
export class Places {
  readonly #nodes: ReadonlyMap<string, PlaceNode>;
  readonly #parents: ReadonlyMap<string, ShownIn>;
  readonly #states = new Map<string, PlaceState>([
    ['', 'shown'],
    ['recovered', 'recovered'],
  ]);
  readonly #children = new Map<string, string[]>();

  constructor(nodes: ReadonlyMap<string, PlaceNode>) {
    this.#nodes = nodes;
    this.#parents = resolveTree(nodes);
    for (const id of nodes.keys()) this.#addChild(id);
  }

  has(place: string): boolean {
    return this.#states.has(place) || this.#nodes.has(place);
  }

  /** Where a place is shown. */
  parent(place: string): ShownIn {
    return this.#parents.get(place) ?? 'recovered';
  }

  /** Where something lying in `place` is shown: there, or under Recovered when that place is not known. */
  shownIn(place: string): ShownIn {
    return this.has(place) ? (place as ShownIn) : 'recovered';
  }

  children(place: string): readonly string[] {
    return this.#children.get(place) ?? [];
  }

  state(place: string): PlaceState {
    const path: string[] = [];
    let at: string = this.shownIn(place);
    for (let state = this.#states.get(at); ; state = this.#states.get(at)) {
      if (state !== undefined) return this.#settle(path, state);
      path.push(at);
      at = this.parent(at);
    }
  }

  /** The place and every place below it. */
  within(place: string): ReadonlySet<string> {
    const found = new Set([place]);
    for (const one of found) for (const child of this.children(one)) found.add(child);
    return found;
  }

  #settle(path: readonly string[], state: PlaceState): PlaceState {
    let result = state;
    for (const place of path.toReversed()) {
      if (this.#nodes.get(place)?.hidden === true) result = 'hidden';
      this.#states.set(place, result);
    }
    return result;
  }

  #addChild(id: string): void {
    const parent = this.parent(id);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, [id]);
    else siblings.push(id);
  }
}
