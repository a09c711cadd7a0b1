import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyDetectorContract } from '@cacaw/detectors/contract';
import { drawScene, type Scene } from '@cacaw/detectors/drawn';
import type { PictureMaker } from '../../ports/picture-maker.ts';
import { createPictureMaker } from '../sharp/picture-maker.ts';
import { createReadingDetector, type ReadingDetector } from './reading-detector.ts';

const never = new AbortController().signal;
const hints = { collectionType: 'other' };

describe('reading in a process of its own', () => {
  let pictures: PictureMaker;
  let scene: Scene;
  const opened: ReadingDetector[] = [];
  const open = (bounds: object = {}): ReadingDetector => {
    const reader = createReadingDetector({ pictures, ...bounds });
    opened.push(reader);
    return reader;
  };
  beforeAll(async () => {
    pictures = createPictureMaker({ processes: 1 });
    scene = await drawScene(1);
  });
  afterAll(async () => {
    for (const one of opened) await one[Symbol.asyncDispose]();
    await pictures[Symbol.asyncDispose]();
  });
  const pictureOf = ({ jpeg }: Scene) => ({ bytes: jpeg, mediaType: 'image/jpeg' }) as const;

  everyDetectorContract(async () => ({ detector: open(), picture: pictureOf(scene), close: () => Promise.resolve() }));

  it('[O20] no more wait than may, and what takes too long ends; the next picture is read', async () => {
    const reader = open({ mostWaiting: 1 });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => reader.detect(pictureOf(scene), hints, never)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { failure: 'busy' } });

    await expect(open({ timeLimitMs: 1 }).detect(pictureOf(scene), hints, never)).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('[O20] what is no picture is refused before anything reads it', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 7)]);
    await expect(open().detect({ bytes, mediaType: 'image/jpeg' }, hints, never)).rejects.toMatchObject({ failure: 'refused' });
  });
});
