import type { PhotoView } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnedBack, turnedBox } from '../photos/making/view-geometry.ts';
import { corners } from '../photos/pulling.ts';
import { acrossFrom, boxAfterKey, boxBetween, boxWords, isDragged, middle, steadied } from './box-drawing.ts';

const spots = fc.record({ x: fc.double({ min: -0.5, max: 1.5, noNaN: true }), y: fc.double({ min: -0.5, max: 1.5, noNaN: true }) });
const drawn = fc.tuple(spots, spots).map(([one, other]) => boxBetween(one, other));
const keys = fc.record({ key: fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'), shiftKey: fc.boolean() });

/** On whole thousandths, inside, and large enough to be seen. */
function expectPlace({ x, y, width, height }: Box): void {
  for (const part of [x, y, width, height]) expect(Math.abs(part * 1000 - Math.round(part * 1000))).toBeLessThan(1e-9);
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
  expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-9);
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(0.02);
}

test('[W78] a box lies between where the finger went down and where it was lifted, whichever way it went', () => {
  const box = { x: 0.2, y: 0.3, width: 0.4, height: 0.5 };

  expect(boxBetween({ x: 0.2, y: 0.3 }, { x: 0.6, y: 0.8 })).toEqual(box);
  expect(boxBetween({ x: 0.6, y: 0.8 }, { x: 0.2, y: 0.3 })).toEqual(box);
  expect(boxBetween({ x: -0.3, y: 0.5 }, { x: 0.4, y: 2 })).toEqual({ x: 0, y: 0.5, width: 0.4, height: 0.5 });
  expect(boxBetween({ x: 1, y: 1 }, { x: 0.999, y: 1 })).toEqual({ x: 0.98, y: 0.98, width: 0.02, height: 0.02 });
  expect([isDragged({ x: 0.5, y: 0.5 }, { x: 0.502, y: 0.5 }), isDragged({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.4 })]).toEqual([false, true]);
  fc.assert(fc.property(drawn, expectPlace));
});

test('[W78] a corner that is pulled leaves the one across from it where it is', () => {
  const box = { x: 0.2, y: 0.3, width: 0.4, height: 0.5 };

  expect(corners.map((corner) => boxBetween(acrossFrom(box, corner), { x: 0.5, y: 0.5 }))).toEqual([
    { x: 0.5, y: 0.5, width: 0.1, height: 0.3 },
    { x: 0.2, y: 0.5, width: 0.3, height: 0.3 },
    { x: 0.5, y: 0.3, width: 0.1, height: 0.2 },
    { x: 0.2, y: 0.3, width: 0.3, height: 0.2 },
  ]);
});

test('[W78] arrows move a box as it is, Shift with them changes its size and not where it begins; no key takes it out of its picture', () => {
  expect(boxAfterKey(middle, { key: 'ArrowRight', shiftKey: false })).toEqual({ ...middle, x: 0.26 });
  expect(boxAfterKey(middle, { key: 'ArrowUp', shiftKey: true })).toEqual({ ...middle, height: 0.49 });
  expect(boxAfterKey(middle, { key: 'a', shiftKey: false })).toBeUndefined();
  expect(boxWords(middle)).toBe('25 % from the left, 25 % from the top; 50 % wide, 50 % high');
  fc.assert(
    fc.property(drawn, fc.array(keys, { maxLength: 120 }), (begun, pressed) => {
      let box = begun;
      for (const press of pressed) {
        const next = boxAfterKey(box, press) ?? box;
        expectPlace(next);
        if (press.shiftKey) expect([next.x, next.y]).toEqual([box.x, box.y]);
        else for (const side of ['width', 'height'] as const) expect(next[side]).toBeCloseTo(box[side], 9);
        box = next;
      }
    }),
  );
});

test('[W78] what is drawn on a turned photo lies in the stored one as it was drawn, and is seen there again', () => {
  const turns = fc.constantFrom<PhotoView['turns']>(0, 1, 2, 3);
  fc.assert(
    fc.property(drawn, turns, (box, quarters) => {
      const view = { turns: quarters };
      const stored = steadied(turnedBack(box, view));

      expectPlace(stored);
      expect(steadied(turnedBox(stored, view))).toEqual(box);
    }),
  );
  // What stands at the upper edge of a picture turned clockwise is at the left edge of it as it was stored.
  expect(steadied(turnedBack({ x: 0, y: 0, width: 0.5, height: 0.25 }, { turns: 1 }))).toEqual({ x: 0, y: 0.5, width: 0.25, height: 0.5 });
});
