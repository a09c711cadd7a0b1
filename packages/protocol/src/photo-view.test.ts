import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatPhotoView,
  isWholePicture,
  parsePhotoView,
  photoViewToJson,
  readPhotoView,
  thumbnailSquare,
  type PhotoView,
} from './photo-view.ts';
import { readBlobQuery } from './http/photos.ts';
import { check } from './http/index.ts';

const crop = fc.record({
  left: fc.integer({ min: 0, max: 9999 }),
  top: fc.integer({ min: 0, max: 9999 }),
  side: fc.integer({ min: 1, max: 1000 }),
});
const view: fc.Arbitrary<PhotoView> = fc.record({ turns: fc.constantFrom(0, 1, 2, 3), crop: fc.option(crop) });

test('[V9] a view is read again from its address and from its register, and no two have the same', () => {
  fc.assert(
    fc.property(view, view, (one, other) => {
      const text = formatPhotoView(one);
      expect(parsePhotoView(text)).toEqual(one);
      expect(readPhotoView(photoViewToJson(one))).toEqual(one);
      expect(check(readBlobQuery, { size: '300', view: text })).toMatchObject({ ok: true });
      if (text === formatPhotoView(other)) expect(other).toEqual(one);
    }),
  );
});

test('[V9] anything else is no view', () => {
  const texts = ['', '4.0.0.0', '0.0.0', '0.0.0.1001', '0.01.0.5', '0.5.0.0', '0.0.0.0.0', '0.-1.0.5', '0.0.0.10000', '1.5.5.5\n'];
  const values = [null, 3, {}, { r: 4 }, { r: 1.5 }, { r: 0, x: 1 }, { r: 0, x: 1, y: 1, s: 0 }, { r: 0, x: 1, y: '1', s: 1 }, { r: NaN }];

  expect(texts.map(parsePhotoView)).toEqual(texts.map(() => undefined));
  expect(values.map(readPhotoView)).toEqual(values.map(() => undefined));
  fc.assert(
    fc.property(fc.anything(), fc.string(), (value, text) => {
      expect(() => [readPhotoView(value), parsePhotoView(text)]).not.toThrow();
    }),
  );
});

test('[V10] the square of a thumbnail lies inside of the picture, in the middle where nothing was cropped', () => {
  const pixels = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(view, pixels, pixels, (one, width, height) => {
      const { left, top, side } = thumbnailSquare(one, { width, height });
      expect(Math.min(side - 1, left, top)).toBeGreaterThanOrEqual(0);
      expect(left + side).toBeLessThanOrEqual(width);
      expect(top + side).toBeLessThanOrEqual(height);
    }),
  );

  expect(thumbnailSquare({ turns: 0, crop: null }, { width: 400, height: 200 })).toEqual({ left: 100, top: 0, side: 200 });
  expect(thumbnailSquare({ turns: 1, crop: { left: 500, top: 0, side: 250 } }, { width: 400, height: 200 })).toEqual({
    left: 100,
    top: 0,
    side: 50,
  });
  expect([isWholePicture({ turns: 0, crop: null }), isWholePicture({ turns: 2, crop: null })]).toEqual([true, false]);
});
