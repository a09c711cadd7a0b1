import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOf, turnedOnce, wholePicture, within } from './view-geometry.ts';

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
