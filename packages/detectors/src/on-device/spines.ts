import type { Part } from './grey.ts';
import type { Ground } from './grounds.ts';
import type { Line } from './lines.ts';
import { union } from './places.ts';

/** Length of a spine, in how often it is as long as thick. */
const leastSlender = 4.5;
/** In the thickness of a spine: how far apart a title and an author may stand on one, and how thick both together may be. */
const [mostGap, mostThick] = [0.25, 1.1];

const longOf = ({ part }: Ground): number => Math.max(part.right - part.left, part.bottom - part.top);
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

/** What goes across spines that stand, or down spines that lie. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Spines that look like the wall behind them, so that no ground of their own was found: lines along the others, beside and not on them, as
 * long as they are no thicker than a spine.
 */
export function spinesBetween<Of extends Line>(lines: readonly Of[], spines: readonly Ground[]): readonly Spine<Of>[] {
  const areLying = spines.some(({ part }) => lies(part));
  const acrossOf = ({ left, top, right, bottom }: Part): Span => (areLying ? { from: top, to: bottom } : { from: left, to: right });
  const alongOf = ({ left, top, right, bottom }: Part): Span => (areLying ? { from: left, to: right } : { from: top, to: bottom });
  const thick = middleOf(spines.map(({ part }) => acrossOf(part).to - acrossOf(part).from));
  const along = {
    from: middleOf(spines.map(({ part }) => alongOf(part).from)),
    to: middleOf(spines.map(({ part }) => alongOf(part).to)),
  };
  const found: { lines: Of[]; span: Span }[] = [];
  const placed = lines.flatMap((line) => {
    const part = union(line.words);
    return part === undefined || lies(part) !== areLying ? [] : [{ line, part, span: acrossOf(part) }];
  });
  for (const { line, part, span } of placed.toSorted((one, other) => one.span.from - other.span.from)) {
    const isBeside = spines.every((spine) => span.to <= acrossOf(spine.part).from || span.from >= acrossOf(spine.part).to);
    if (!isBeside || alongOf(part).from < along.from || alongOf(part).to > along.to) continue;
    const last = found.at(-1);
    const both = { from: last?.span.from ?? 0, to: Math.max(last?.span.to ?? 0, span.to) };
    if (last && span.from - last.span.to <= thick * mostGap && both.to - both.from <= thick * mostThick) {
      last.lines.push(line);
      last.span = both;
    } else if (span.to - span.from <= thick * mostThick) found.push({ lines: [line], span });
  }
  return found.map(({ lines: some, span }) => {
    const [middle, half] = [(span.from + span.to) / 2, Math.max(thick, span.to - span.from) / 2];
    const [from, to] = [middle - half, middle + half];
    const part = areLying
      ? { left: along.from, top: from, right: along.to, bottom: to }
      : { left: from, top: along.from, right: to, bottom: along.to };
    return { lines: some, part };
  });
}
