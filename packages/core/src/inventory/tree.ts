import type { PlaceId } from './rows.ts';

/** A folder or a containing item, as far as its place in the tree matters. */
export interface TreeNode {
  readonly parent: string;
  /** When it was last put where it lies: of the moves that close a circle, the newest is given up. */
  readonly movedAt: number;
}

/** Where a node is shown: in its place, or under Recovered when its place is missing or the circle was broken at it. */
export type ShownIn = PlaceId | 'recovered';

/**
 * Where every node is shown. Always a forest: each circle of moves made without sight of each other loses its newest edge (then the
 * largest id), the same one on every device; every other move is kept. O(n), and a pure function of its nodes.
 */
export function resolveTree(nodes: ReadonlyMap<string, TreeNode>): ReadonlyMap<string, ShownIn> {
  const shownIn = new Map<string, ShownIn>();
  for (const [id, { parent }] of nodes) shownIn.set(id, parent === '' || nodes.has(parent) ? (parent as PlaceId) : 'recovered');
  const settled = new Set<string>();
  for (const start of nodes.keys()) {
    const path = pathUp(start, shownIn, settled);
    const end = path.size === 0 ? '' : (shownIn.get([...path].at(-1) ?? '') ?? '');
    if (path.has(end)) shownIn.set(newestOf(circleFrom(end, shownIn), nodes), 'recovered');
    for (const id of path) settled.add(id);
  }
  return shownIn;
}

/** The nodes from `start` upwards until the top, a node already settled, or one already on the path. */
function pathUp(start: string, shownIn: ReadonlyMap<string, ShownIn>, settled: ReadonlySet<string>): ReadonlySet<string> {
  const path = new Set<string>();
  for (let at: string | undefined = start; at !== undefined && shownIn.has(at) && !settled.has(at) && !path.has(at); at = shownIn.get(at))
    path.add(at);
  return path;
}

function circleFrom(start: string, shownIn: ReadonlyMap<string, ShownIn>): readonly string[] {
  const circle = [start];
  for (let at = shownIn.get(start); at !== undefined && at !== start; at = shownIn.get(at)) circle.push(at);
  return circle;
}

function newestOf(circle: readonly string[], nodes: ReadonlyMap<string, TreeNode>): string {
  const time = (id: string): number => nodes.get(id)?.movedAt ?? 0;
  return circle.reduce((newest, id) => (time(id) > time(newest) || (time(id) === time(newest) && id > newest) ? id : newest));
}
