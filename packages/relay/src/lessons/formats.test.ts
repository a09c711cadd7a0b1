import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { BlobHash } from '@cacaw/protocol';
import { boxOfLesson, readDetection, type Box, type Lesson } from '@cacaw/protocol/detection';
import * as v from 'valibot';
import { cocoFile, tuningLine } from '../../test/lesson-files.ts';
import { corrected, drawn, newLesson } from '../contracts/lessons.ts';
import { seededRandom } from '../contracts/log-fixture.ts';
import { bboxOf, boxOf, cocoOf, type LessonPhoto } from './coco.ts';
import { tuningLineOf } from './gemini-tuning.ts';
import { webpSize } from './webp-size.ts';

const random = seededRandom('formats');
const day = '2026-11-29';
const hash = 'b'.repeat(64) as BlobHash;
const photoOf = (...lessons: readonly Lesson[]): LessonPhoto => ({ hash, lessons, width: 640, height: 480 });
const saved = newLesson(random, corrected);
const rejected = newLesson(random, { outcome: 'rejected', final: null });
const missed = newLesson(random, { outcome: 'missed', proposed: null });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('COCO boxes', () => {
  it('[LE11] come back to a hundredth of a pixel, inside of their picture', () => {
    const boxes = fc.record({ x: fraction, y: fraction, width: fraction, height: fraction });
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 8_192 }), height: fc.integer({ min: 1, max: 8_192 }) });
    fc.assert(
      fc.property(boxes, sizes, ({ x, y, width, height }, size) => {
        const box: Box = { x, y, width: Math.min(width, 1 - x), height: Math.min(height, 1 - y) };
        const bbox = bboxOf(box, size);
        const back = boxOf(bbox, size);

        expect(Math.abs(back.x - box.x) * size.width).toBeLessThan(0.006);
        expect(Math.abs(back.y - box.y) * size.height).toBeLessThan(0.006);
        expect(Math.abs(back.width - box.width) * size.width).toBeLessThan(0.006);
        expect(Math.abs(back.height - box.height) * size.height).toBeLessThan(0.006);
        expect(bbox[0] + bbox[2]).toBeLessThan(size.width + 0.02);
        expect(bbox[1] + bbox[3]).toBeLessThan(size.height + 0.02);
      }),
    );
  });

  it('[LE11] stand for what was saved, in a category of its type', () => {
    const other = newLesson(random, { final: saved.final && { ...saved.final, type: '' } });
    const coco = v.parse(
      cocoFile,
      cocoOf([photoOf(saved, rejected, missed), { ...photoOf(other), hash: 'c'.repeat(64) as BlobHash }], day),
    );

    expect(coco.images.map(({ id, file_name }) => [id, file_name.slice(0, 9)])).toEqual([
      [1, 'images/bb'],
      [2, 'images/cc'],
    ]);
    expect(coco.categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'card'],
      [2, 'thing'],
    ]);
    expect(coco.annotations).toMatchObject([
      { id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 320, 240], area: 76_800, attributes: { name: 'Charizard' } },
      { id: 2, image_id: 2, category_id: 2 },
    ]);
  });
});

describe('where a person drew a thing', () => {
  const [moved, added] = [newLesson(random, { ...corrected, drawn }), newLesson(random, { outcome: 'missed', proposed: null, drawn })];

  it('[LE11] is its box, over the proposed one, and that of what was missed', () => {
    const { annotations } = v.parse(cocoFile, cocoOf([photoOf(saved, moved, added, missed, rejected)], day));

    expect(annotations.map(({ bbox, area }) => [bbox, area])).toEqual([
      [[0, 0, 320, 240], 76_800],
      [[320, 120, 160, 240], 38_400],
      [[320, 120, 160, 240], 38_400],
    ]);
  });

  it('[LE11] comes back from boxes in pixels and from tuning data', () => {
    const photo = photoOf(saved, moved, added);
    const boxes = photo.lessons.map(boxOfLesson);
    const { annotations } = cocoOf([photo], day);
    const line = v.parse(tuningLine, JSON.parse(tuningLineOf(photo) ?? ''));

    expect(boxes).toEqual([saved.proposed?.box, drawn, drawn]);
    expect(annotations.map(({ bbox }) => boxOf(bbox, photo))).toEqual(boxes);
    expect(readDetection(line.contents[1].parts[0].text, {})?.map(({ box }) => box)).toEqual(boxes);
  });
});

describe('tuning data', () => {
  it('[LE11] holds the picture, the instruction and the answer as it should have been', () => {
    const line = v.parse(tuningLine, JSON.parse(tuningLineOf(photoOf(saved, rejected, missed)) ?? ''));
    const [user, model] = line.contents;

    expect(user.parts[0].fileData.fileUri).toBe(`gs://YOUR-BUCKET/images/${hash}.webp`);
    expect(user.parts[1].text).toContain('trading-cards');
    const items = readDetection(model.parts[0].text, {});
    expect(items).toMatchObject([
      { ...saved.final, box: { x: 0, y: 0, width: 0.5, height: 0.5 }, confidence: 1 },
      { ...missed.final, box: null },
    ]);
  });

  it('[LE11] has no line for a photo nothing was saved of', () => {
    expect(tuningLineOf(photoOf(rejected))).toBeUndefined();
    expect(tuningLineOf(photoOf())).toBeUndefined();
  });
});

it.each([
  ['lossy', { quality: 80 }, 3],
  ['lossless', { lossless: true }, 3],
  ['see-through', { quality: 80 }, 4],
] as const)('[LE11] a %s WebP says how large it is', async (_, options, channels) => {
  const create = { width: 641, height: 363, channels, background: { r: 200, g: 10, b: 30, alpha: 0.5 } };
  const bytes = await sharp({ create }).webp(options).toBuffer();

  expect(webpSize(bytes)).toEqual({ width: 641, height: 363 });
  expect([webpSize(bytes.subarray(0, 20)), webpSize(Buffer.alloc(64))]).toEqual([undefined, undefined]);
});
