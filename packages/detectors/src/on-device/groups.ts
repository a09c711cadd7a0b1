import { maxDetectedItems } from '@cacaw/protocol/detection';
import type { Part } from './grey.ts';
import type { Ground } from './grounds.ts';
import { lettersIn, type Line } from './lines.ts';
import { distanceOf, longSideOf, overlap, union, within } from './places.ts';
import type { Barcode } from './read-barcodes.ts';
import { areSpines, middleOf, spinesBetween } from './spines.ts';

/** What stands on a picture, and where. */
export interface Reading {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly GroundedLine[];
  readonly barcodes: readonly Barcode[];
  /** The plain parts of the picture that lines stand on. */
  readonly grounds: readonly Ground[];
}

/** A line and the number of the ground it stands on; undefined where that cannot be told. */
export interface GroundedLine extends Line {
  readonly ground: number | undefined;
}

/** What stands on one thing. */
export interface Group {
  readonly lines: readonly GroundedLine[];
  readonly barcodes: readonly Barcode[];
  /** Where the thing lies; undefined for the whole picture. */
  readonly part: Part | undefined;
}

/** Letters and digits from which on something is more than a stray word. */
const fewestLetters = 6;
/** How many times as large as the middle one a thing may be and look like one of them. */
const mostUnlike = 3;
/** Of the smaller one: how much of two things may lie in one frame when the picture leans. */
const mostShared = 0.15;

/**
 * What of a picture stands on the same thing: everything, unless the picture says that several lie there. It says so by trade numbers that
 * differ, each a thing with the lines nearest to it, and by grounds that look alike and stand apart or side by side as spines do. One thing
 * taken for two is worse than two taken for one: in doubt they are one. Every line and barcode is in one group, whichever order they come in.
 */
export function groupsOf({ lines, barcodes, grounds, width, height }: Reading): readonly Group[] {
  const ordered = lines.toSorted(byPlaceOf(({ words }) => union(words)));
  const codes = codesOf(barcodes.toSorted(byPlaceOf(({ part }) => part)));
  const groups = shared(codes, thingsOf(ordered, grounds, Math.max(width, height))).flatMap(divided);
  const whole = { lines: ordered, barcodes: codes.flat(), part: undefined };
  if (groups.length === 1 || groups.length > maxDetectedItems) return [whole];
  return groups.map(({ lines: some, codes: its, ground }) => {
    const part = union([...partsOf(some), ...its.flat().map((code) => code.part), ...(ground === undefined ? [] : [ground])]);
    return { lines: some, barcodes: its.flat(), part: part && within(part, { width, height }) };
  });
}

/** Barcodes of one thing: a trade number with what stands close to it, or others that stand close together. */
type Codes = readonly Barcode[];

interface Thing {
  readonly lines: readonly GroundedLine[];
  readonly codes: readonly Codes[];
  readonly ground: Part | undefined;
}

/** From the top down, then from the left; what stands in one place, by what it says. */
function byPlaceOf<T extends { readonly text: string }>(placeOf: (one: T) => Part | undefined): (one: T, other: T) => number {
  const keyOf = (one: T): readonly (number | string)[] => {
    const { top = 0, left = 0, right = 0, bottom = 0 } = placeOf(one) ?? {};
    return [top, left, right, bottom, JSON.stringify(one)];
  };
  return (one, other) => {
    const [here, there] = [keyOf(one), keyOf(other)];
    const at = here.findIndex((value, index) => value !== there[index]);
    return at < 0 ? 0 : (here[at] ?? 0) < (there[at] ?? 0) ? -1 : 1;
  };
}

const partsOf = (lines: readonly Line[]): readonly Part[] => lines.flatMap(({ words }) => words);
const partOf = (lines: readonly Line[]): Part | undefined => union(partsOf(lines));
const lettersOf = (lines: readonly Line[]): number => lines.reduce((total, { text }) => total + lettersIn(text), 0);

/** The one nearest to `part`, the first of those that are as near. */
function nearest<T>(part: Part, others: readonly T[], placeOf: (one: T) => Part | undefined): T | undefined {
  let [best, least]: [T | undefined, number] = [undefined, Infinity];
  for (const other of others) {
    const place = placeOf(other);
    const distance = place === undefined ? Number.MAX_VALUE : distanceOf(part, place);
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

/** Things by the ground their lines stand on, as long as these look like the fronts of so many things; else one. */
function thingsOf(lines: readonly GroundedLine[], grounds: readonly Ground[], side: number): readonly Thing[] {
  const whole: readonly Thing[] = [{ lines, codes: [], ground: undefined }];
  const named = [...Map.groupBy(lines, ({ ground }) => ground)].flatMap(([number, some]) => {
    const ground = number === undefined ? undefined : grounds[number];
    return ground === undefined || lettersOf(some) < fewestLetters ? [] : [{ ground, lines: [...some] }];
  });
  const things = frontsOf(named, side);
  if (things === undefined) return whole;
  const taken = new Set(things.flatMap((one) => one.lines));
  for (const stray of lines.filter((line) => !taken.has(line))) {
    const place = partOf([stray]);
    const near = place === undefined ? things[0] : nearest(place, things, ({ ground }) => ground);
    near?.lines.push(stray);
  }
  return things.map((one) => ({ lines: one.lines, codes: [], ground: one.ground }));
}

interface Front {
  readonly lines: GroundedLine[];
  readonly ground: Part;
}

/** Undefined when these do not look like the fronts of so many things. */
function frontsOf(
  named: readonly { readonly ground: Ground; readonly lines: GroundedLine[] }[],
  side: number,
): readonly Front[] | undefined {
  const frontOf = ({ ground, lines }: (typeof named)[number]): Front => ({ lines, ground: ground.part });
  if (named.length < 2) return undefined;
  if (
    areThings(
      named.map(({ ground }) => ground),
      side,
    )
  )
    return named.map(frontOf);
  // A spine that looks like the wall behind all of them.
  const isBehind = ({ ground: { part } }: (typeof named)[number]): boolean =>
    named.filter(({ ground }) => ground.part !== part && isWithin(ground.part, part)).length >= 3;
  const before = named.filter((one) => !isBehind(one));
  const grounds = before.map(({ ground }) => ground);
  if (before.length === named.length || !areSpines(grounds) || !areAlike(grounds)) return undefined;
  const between = spinesBetween(
    named.filter(isBehind).flatMap(({ lines }) => lines),
    grounds,
  ).filter(({ lines }) => lettersOf(lines) >= fewestLetters);
  const all = [...before.map(frontOf), ...between.map(({ lines, part }) => ({ lines: [...lines], ground: part }))];
  // As they stand on the shelf: spines begin at about one height, lying ones at one side.
  return all.toSorted(({ ground: one }, { ground: other }) => one.left + one.top - other.left - other.top);
}

const isWithin = (one: Part, other: Part): boolean =>
  one.left >= other.left && one.top >= other.top && one.right <= other.right && one.bottom <= other.bottom;

function areThings(grounds: readonly Ground[], side: number): boolean {
  if (!areAlike(grounds)) return false;
  return areSpines(grounds) || grounds.every((one, at) => grounds.slice(at + 1).every((other) => standApart(one, other, side)));
}

function areAlike(grounds: readonly Ground[]): boolean {
  const middle = middleOf(grounds.map(({ area }) => area));
  return grounds.every(({ area }) => area <= middle * mostUnlike && area >= middle / mostUnlike);
}

function standApart({ part: one }: Ground, { part: other }: Ground, side: number): boolean {
  const share = overlap(one, other);
  return share > 0 ? share <= mostShared : distanceOf(one, other) >= side * 0.015;
}

const isTrade = ({ text }: Barcode): boolean => /^(?:\d{8}|\d{12,14})$/.test(text);
const areClose = ({ part: one }: Barcode, { part: other }: Barcode): boolean =>
  distanceOf(one, other) <= Math.max(longSideOf(one), longSideOf(other));

/** Barcodes by the things they stand on: no thing has two trade numbers; a serial number stands near the one it belongs to. */
function codesOf(barcodes: readonly Barcode[]): readonly Codes[] {
  const trade = barcodes.filter(isTrade).map((one) => [one]);
  const others: Barcode[][] = [];
  for (const one of barcodes.filter((code) => !isTrade(code))) {
    const near = nearest(one.part, trade, ([first]) => first?.part);
    if (near?.[0] !== undefined && areClose(near[0], one)) {
      near.push(one);
      continue;
    }
    // What is close to several brings them together.
    const close = others.filter((some) => some.some((other) => areClose(other, one)));
    const together = [...close.flat(), one];
    for (const some of close) others.splice(others.indexOf(some), 1);
    others.push(together);
  }
  return [...trade, ...others];
}

/** The things, each with the barcodes that are nearest to it. */
function shared(codes: readonly Codes[], things: readonly Thing[]): readonly Thing[] {
  const given = new Map(things.map((thing): [Thing, Codes[]] => [thing, []]));
  for (const some of codes) {
    const place = union(some.map(({ part }) => part));
    const near = place === undefined ? things[0] : nearest(place, things, ({ ground, lines }) => ground ?? partOf(lines));
    if (near !== undefined) given.get(near)?.push(some);
  }
  return things.map((thing) => ({ ...thing, codes: given.get(thing) ?? [] }));
}

/** One thing for each of its barcodes, with the lines nearest to it. */
function divided(thing: Thing): readonly Thing[] {
  if (thing.codes.length < 2) return [thing];
  const parts = thing.codes.map((codes) => ({ codes: [codes], lines: Array<GroundedLine>(), ground: undefined }));
  for (const line of thing.lines) {
    const place = partOf([line]);
    const near = place === undefined ? parts[0] : nearest(place, parts, ({ codes }) => union(codes.flat().map(({ part }) => part)));
    near?.lines.push(line);
  }
  return parts;
}
