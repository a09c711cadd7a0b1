import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOf, turned, turnedBox, turnedOnce, wholePicture, within } from './view-geometry.ts';

test('[W51] turning a photo four times brings it back, and a cut turns with it', () => {
  const size = { width: 4000, height: 3000 };
  const cut = { turns: 0, crop: { left: 100, top: 200, side: 500 } } as const;
  let view = turnedOnce(size, cut);

  // The left edge of what was cut becomes its top, its bottom the left.
  expect(view).toEqual({ turns: 1, crop: { left: 300, top: 100, side: 500 } });
  for (let turn = 0; turn < 3; turn++) view = turnedOnce(size, view);
  expect(view).toEqual(cut);
  expect(turnedOnce(size, wholePicture)).toEqual({ turns: 1, crop: null });
});

test('[W50] a photo is made at most as long as asked, and never larger than it was', () => {
  expect(within({ width: 4000, height: 3000 }, 2048)).toEqual({ width: 2048, height: 1536 });
  expect(within({ width: 300, height: 9000 }, 2048)).toEqual({ width: 68, height: 2048 });
  expect(within({ width: 640, height: 480 }, 2048)).toEqual({ width: 640, height: 480 });
  expect(within({ width: 20_000, height: 1 }, 2048)).toEqual({ width: 2048, height: 1 });
});

test('[W71] the crop of a box has a little around it and never leaves the picture', () => {
  const size = { width: 1000, height: 500 };
  expect(cutOf({ x: 0.2, y: 0.2, width: 0.5, height: 0.5 }, size)).toEqual({ left: 170, top: 85, width: 560, height: 280 });
  expect(cutOf({ x: 0, y: 0, width: 1, height: 1 }, size)).toEqual({ left: 0, top: 0, width: 1000, height: 500 });

  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const sides = fc.record({ width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) });
  fc.assert(
    fc.property(fc.record({ x: part, y: part, width: part, height: part }), sides, (box, picture) => {
      const { left, top, width, height } = cutOf(box, picture);

      expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(picture.width);
      expect(top + height).toBeLessThanOrEqual(picture.height);
    }),
  );
});

test('[W71] a box turns with its picture: what is cut out of either is the same', () => {
  // A thing at the left edge stands at the upper edge after a quarter turn clockwise.
  expect(turnedBox({ x: 0, y: 0.5, width: 0.25, height: 0.5 }, { turns: 1 })).toEqual({ x: 0, y: 0, width: 0.5, height: 0.25 });

  const eighth = fc.integer({ min: 0, max: 8 }).map((part) => part / 8);
  const boxes = fc.record({ x: eighth, y: eighth, width: eighth, height: eighth });
  const turns = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const);
  fc.assert(
    fc.property(boxes, turns, (given, quarters) => {
      const box = { ...given, width: Math.min(given.width, 1 - given.x), height: Math.min(given.height, 1 - given.y) };
      const view = { turns: quarters, crop: null };
      const back = { turns: ((4 - quarters) % 4) as typeof quarters };

      expect(turnedBox(turnedBox(box, view), back)).toEqual(box);
      const [before, after] = [
        cutOf(box, { width: 8000, height: 4000 }),
        cutOf(turnedBox(box, view), turned({ width: 8000, height: 4000 }, view)),
      ];
      expect(turned(before, view)).toEqual({ width: after.width, height: after.height });
    }),
  );
});
