import { expect, test } from 'vitest';
import { turnedOnce, wholePicture, within } from './view-geometry.ts';

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
