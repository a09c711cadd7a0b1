import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDetectedItems } from '@cacaw/protocol/detection';
import type { Part } from './grey.ts';
import type { Ground } from './grounds.ts';
import { groupsOf, type GroundedLine, type Group, type Reading } from './groups.ts';
import { proposalsOf } from './proposals.ts';
import type { Barcode } from './read-barcodes.ts';

const [width, height] = [1_600, 1_200];
const [first, second] = ['4006381333931', '9780306406157'];

const partAt = (left: number, top: number, wide = 200, high = 30): Part => ({ left, top, right: left + wide, bottom: top + high });
const lineAt = (text: string, part: Part, ground?: number): GroundedLine => ({ text, confidence: 90, height: 30, words: [part], ground });
const groundAt = (part: Part): Ground => ({ part, area: (part.right - part.left) * (part.bottom - part.top) * 0.8 });
const codeAt = (text: string, left: number, top: number): Barcode => ({ text, part: partAt(left, top, 200, 100) });
const readingOf = (some: Partial<Reading>): Reading => ({ width, height, lines: [], barcodes: [], grounds: [], ...some });
const textsOf = (groups: readonly Group[]): readonly (readonly string[])[] =>
  groups.map(({ lines, barcodes }) => [...lines, ...barcodes].map(({ text }) => text));

const anyPart: fc.Arbitrary<Part> = fc
  .tuple(fc.nat(width - 10), fc.nat(height - 10), fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }))
  .map(([left, top, wide, high]) => ({ left, top, right: Math.min(width, left + wide), bottom: Math.min(height, top + high) }));
const anyReading: fc.Arbitrary<Reading> = fc.record({
  width: fc.constant(width),
  height: fc.constant(height),
  grounds: fc.oneof(
    fc.array(anyPart.map(groundAt), { maxLength: 8 }),
    // As things on a table lie.
    fc.nat(7).map((count) => Array.from({ length: count + 1 }, (_, at) => groundAt(partAt(at * 190, 50, 150, 900)))),
  ),
  lines: fc.array(
    fc.record({
      text: fc.oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom('Silent River', 'Golden Lantern')),
      confidence: fc.integer({ min: 50, max: 100 }),
      height: fc.integer({ min: 1, max: 100 }),
      words: fc.array(anyPart, { maxLength: 3 }),
      ground: fc.option(fc.nat(9), { nil: undefined }),
    }),
    { maxLength: 80 },
  ),
  barcodes: fc.uniqueArray(fc.record({ text: fc.oneof(fc.stringMatching(/^\d{13}$/), fc.stringMatching(/^INV-\d{4}$/)), part: anyPart }), {
    maxLength: 80,
    selector: ({ text }) => text,
  }),
});

describe('several things in one picture', () => {
  it('[O60] every line and barcode is in exactly one group, of which there are as many as proposals may be', () => {
    let byGrounds = 0;
    fc.assert(
      fc.property(anyReading, (reading) => {
        const groups = groupsOf(reading);
        if (groupsOf({ ...reading, barcodes: [] }).length > 1) byGrounds += 1;

        expect(new Set(groups.flatMap(({ lines }) => lines))).toEqual(new Set(reading.lines));
        expect(groups.flatMap(({ lines }) => lines)).toHaveLength(reading.lines.length);
        expect(groups.flatMap(({ barcodes }) => barcodes.map(({ text }) => text)).toSorted()).toEqual(
          reading.barcodes.map(({ text }) => text).toSorted(),
        );
        expect(groups.length).toBeLessThanOrEqual(maxDetectedItems);
        if (groups.length > 1)
          for (const { part } of groups) {
            expect(Math.min(part?.left ?? -1, part?.top ?? -1)).toBeGreaterThanOrEqual(0);
            expect([part?.right ?? width + 1, part?.bottom ?? height + 1]).toSatisfy(
              ([x, y]: number[]) => (x ?? 0) <= width && (y ?? 0) <= height,
            );
          }
      }),
    );
    expect(byGrounds).toBeGreaterThan(0);
  });

  it('[O60] groups are the same in whichever order things were read', () => {
    const shuffled = anyReading.chain((reading) =>
      fc.record({
        reading: fc.constant(reading),
        lines: fc.shuffledSubarray([...reading.lines], { minLength: reading.lines.length }),
        barcodes: fc.shuffledSubarray([...reading.barcodes], { minLength: reading.barcodes.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ reading, lines, barcodes }) => {
        expect(groupsOf({ ...reading, lines, barcodes })).toEqual(groupsOf(reading));
      }),
    );
  });

  it('[O60] trade numbers that differ are a thing each, with the lines nearest to it and the serial number beside it', () => {
    const groups = groupsOf(
      readingOf({
        lines: [lineAt('Left', partAt(100, 300)), lineAt('Right', partAt(1_000, 300)), lineAt('Also left', partAt(120, 350))],
        barcodes: [codeAt(first, 100, 100), codeAt(second, 1_000, 100), codeAt('SN-1', 1_020, 220)],
      }),
    );

    expect(textsOf(groups)).toEqual([
      ['Left', 'Also left', first],
      ['Right', second, 'SN-1'],
    ]);
    expect(groups[0]?.part).toEqual({ left: 100, top: 100, right: 320, bottom: 380 });
  });

  it('[O60] numbers that say nothing to trade and stand close together are those of one thing', () => {
    const barcodes = [codeAt('SN-1', 100, 100), codeAt('MAC-2', 100, 230), codeAt('PN-3', 110, 360)];

    expect(groupsOf(readingOf({ lines: [lineAt('Router', partAt(100, 40))], barcodes }))).toHaveLength(1);
    expect(groupsOf(readingOf({ barcodes: [codeAt('INV-1', 100, 100), codeAt('INV-2', 1_200, 900)] }))).toHaveLength(2);
  });

  it('[O60] fronts that look alike and stand apart are things, and a stray word goes to the nearest', () => {
    const grounds = [groundAt(partAt(50, 50, 600, 800)), groundAt(partAt(800, 60, 600, 820))];
    const lines = [
      lineAt('Silent River', partAt(100, 100), 0),
      lineAt('Golden Lantern', partAt(850, 100), 1),
      lineAt('12', partAt(900, 920)),
    ];

    expect(textsOf(groupsOf(readingOf({ lines, grounds, barcodes: [codeAt('INV-7', 900, 700)] })))).toEqual([
      ['Silent River'],
      ['Golden Lantern', '12', 'INV-7'],
    ]);
  });

  it('[O60] panels of one thing stay one: unlike in size, touching, or one within the other', () => {
    const lines = [lineAt('Cordless Drill', partAt(100, 100), 0), lineAt('Contents', partAt(900, 700), 1)];
    for (const grounds of [
      [partAt(50, 50, 1_400, 600), partAt(850, 700, 300, 200)],
      [partAt(50, 50, 700, 600), partAt(752, 50, 700, 600)],
      [partAt(50, 50, 900, 900), partAt(200, 400, 600, 600)],
    ])
      expect(groupsOf(readingOf({ lines, grounds: grounds.map(groundAt) }))).toEqual([expect.objectContaining({ part: undefined })]);
  });

  it('[O60] three spines or more are things though they touch; two are one, and so are more than may be proposed', () => {
    const shelfOf = (count: number, thick: number): Reading =>
      readingOf({
        grounds: Array.from({ length: count }, (_, at) => groundAt(partAt(at * thick, 100, thick - 1, 1_000))),
        lines: Array.from({ length: count }, (_, at) => lineAt(`Volume ${at}`, partAt(at * thick + 2, 300, thick - 4, 400), at)),
      });

    expect(groupsOf(shelfOf(5, 120))).toHaveLength(5);
    expect(groupsOf(shelfOf(2, 120))).toHaveLength(1);
    expect(groupsOf(shelfOf(maxDetectedItems, 20))).toHaveLength(maxDetectedItems);
    expect(groupsOf(shelfOf(maxDetectedItems + 1, 20))).toHaveLength(1);
  });

  it('[O60] a spine that looks like the wall behind all of them is one as well, with all its lines; words across or beyond it are not', () => {
    const spines = [0, 1, 3, 4].map((at) => groundAt(partAt(200 + at * 150, 100, 120, 1_000)));
    const wall = groundAt(partAt(0, 0, width, height));
    const lines = [
      ...[0, 1, 3, 4].map((at, ground) => lineAt(`Volume ${at}`, partAt(220 + at * 150, 200, 50, 400), ground)),
      lineAt('Middlemarch', partAt(510, 200, 50, 500), 4),
      lineAt('George Eliot', partAt(570, 700, 30, 300), 4),
    ];
    const readings = [...lines, lineAt('Reading room', partAt(500, 10, 300, 40), 4)];

    expect(textsOf(groupsOf(readingOf({ grounds: [...spines, wall], lines })))).toEqual([
      ['Volume 0'],
      ['Volume 1'],
      ['Middlemarch', 'George Eliot'],
      ['Volume 3'],
      ['Volume 4'],
    ]);
    expect(groupsOf(readingOf({ grounds: [...spines, wall], lines: readings }))).toHaveLength(5);
    const [one, two] = lines;
    const few = [...[one, two].flatMap((line) => line ?? []), lineAt('Middlemarch', partAt(510, 200, 50, 500), 2)];
    expect(groupsOf(readingOf({ grounds: [...spines.slice(0, 2), wall], lines: few }))).toHaveLength(1);
  });

  it('[O60] each proposal has its box and is no surer than its name was read', () => {
    const items = proposalsOf(
      readingOf({
        lines: [lineAt('Left', partAt(160, 300)), { ...lineAt('Right', partAt(800, 300)), confidence: 60 }],
        barcodes: [codeAt(first, 160, 120), codeAt(second, 800, 120)],
      }),
      { collectionType: 'books' },
    );

    expect(items.map(({ name, barcodes }) => [name, barcodes])).toEqual([
      ['Left', [first]],
      ['Right', [second]],
    ]);
    expect(items.map(({ confidence }) => Math.round(confidence * 100))).toEqual([54, 36]);
    expect(items[1]?.box).toEqual({ x: 0.5, y: 0.1, width: 0.125, height: 0.175 });
  });
});
