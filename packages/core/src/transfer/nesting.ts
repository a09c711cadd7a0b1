/** Levels of folders or of items inside items that an import makes: more than anybody has, few enough for every walk over them. */
export const deepestNesting = 50;

/** Why a row of a file cannot lie in the row it names. */
export type NestingFault = 'circle' | 'too-deep';

/** The row that holds a row, by index. */
type ParentOf = (row: number) => number | undefined;

/**
 * Rows that would hold themselves, and rows that would lie too deep; all others can lie where they say. Walks every row once,
 * however the file chains them.
 */
export function nestingFaults(rows: number, parentOf: ParentOf): ReadonlyMap<number, NestingFault> {
  const faults = new Map<number, NestingFault>();
  const depths = new Map<number, number>();
  for (let start = 0; start < rows; start += 1) {
    const { path, ring } = climb(start, parentOf, depths);
    for (const row of ring) faults.set(row, 'circle');
    for (const row of path.toReversed()) {
      const parent = faults.has(row) ? undefined : parentOf(row);
      const depth = parent === undefined ? 0 : (depths.get(parent) ?? 0) + 1;
      if (depth >= deepestNesting) faults.set(row, 'too-deep');
      depths.set(row, depth % deepestNesting);
    }
  }
  return faults;
}

/** The rows from `start` up to the first that is known, and those of them that lead back to themselves. */
function climb(
  start: number,
  parentOf: ParentOf,
  known: ReadonlyMap<number, number>,
): { readonly path: readonly number[]; readonly ring: readonly number[] } {
  const path = new Map<number, number>();
  let at: number | undefined = start;
  while (at !== undefined && !known.has(at) && !path.has(at)) {
    path.set(at, path.size);
    at = parentOf(at);
  }
  const rows = [...path.keys()];
  const back = at === undefined ? undefined : path.get(at);
  return { path: rows, ring: back === undefined ? [] : rows.slice(back) };
}
