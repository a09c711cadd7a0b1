import type { Part } from './grey.ts';
import type { Ground } from './grounds.ts';
import type { Line } from './lines.ts';
import { longSideOf, union } from './places.ts';

/** Length of a spine, in how often it is as long as thick. */
const leastSlender = 4.5;
/** In the thickness of a spine: how far apart a title and an author may stand on one, and how thick both together may be. */
const [mostGap, mostThick] = [0.25, 1.1];

const longOf = ({ part }: Ground): number => longSideOf(part);
export const middleOf = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const lies = (part: Part): boolean => part.right - part.left > part.bottom - part.top;

/** Three or more, long and thin, lying the same way, about as long as each other. */
export function areSpines(grounds: readonly Ground[]): boolean {
  const long = middleOf(grounds.map(longOf));
  return (
    grounds.length >= 3 &&
    grounds.every(
      (one) =>
        longOf(one) ** 2 >= leastSlender * one.area &&
        Math.abs(longOf(one) - long) < long * 0.4 &&
        lies(one.part) === lies((grounds[0] ?? one).part),
    )
  );
}

/** Lines that stand on one spine, and where it lies. */
export interface Spine<Of extends Line> {
  readonly lines: readonly Of[];
  readonly part: Part;
}

/** Across and along changed for each other: what lies then stands. */
const flipped = ({ left, top, right, bottom }: Part): Part => ({ left: top, top: left, right: bottom, bottom: right });

/**
 * Spines that look like the wall behind them, so that no ground of their own was found: lines along the others, beside and not on them, as
 * long as they are no thicker than a spine.
 */
export function spinesBetween<Of extends Line>(lines: readonly Of[], spines: readonly Ground[]): readonly Spine<Of>[] {
  const stood = spines.some(({ part }) => lies(part)) ? flipped : (part: Part): Part => part;
  const standing = spines.map(({ part }) => stood(part));
  const frame = {
    thick: middleOf(standing.map(({ left, right }) => right - left)),
    top: middleOf(standing.map(({ top }) => top)),
    bottom: middleOf(standing.map(({ bottom }) => bottom)),
  };
  const placed = lines
    .flatMap((line) => {
      const part = union(line.words);
      return part === undefined ? [] : [{ line, part: stood(part) }];
    })
    .filter(({ part }) => !lies(part) && part.top >= frame.top && part.bottom <= frame.bottom && isBeside(part, standing));
  return gathered(placed, frame.thick).map(({ lines: some, part: { left, right } }) => {
    const [middle, half] = [(left + right) / 2, Math.max(frame.thick, right - left) / 2];
    return { lines: some, part: stood({ left: middle - half, right: middle + half, top: frame.top, bottom: frame.bottom }) };
  });
}

const isBeside = (part: Part, standing: readonly Part[]): boolean =>
  standing.every(({ left, right }) => part.right <= left || part.left >= right);

/** Those close to each other together, as far as one spine goes. */
function gathered<Of>(
  placed: readonly { readonly line: Of; readonly part: Part }[],
  thick: number,
): readonly { lines: Of[]; part: Part }[] {
  const found: { lines: Of[]; part: Part }[] = [];
  for (const { line, part } of placed.toSorted((one, other) => one.part.left - other.part.left)) {
    if (part.right - part.left > thick * mostThick) continue;
    const last = found.at(-1);
    const both = last && union([last.part, part]);
    if (last && both && part.left - last.part.right <= thick * mostGap && both.right - both.left <= thick * mostThick) {
      last.lines.push(line);
      last.part = both;
    } else found.push({ lines: [line], part });
  }
  return found;
}
