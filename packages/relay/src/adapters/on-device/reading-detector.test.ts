import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyDetectorContract } from '@cacaw/detectors/contract';
import { drawScene, type Scene } from '@cacaw/detectors/drawn';
import { childrenRunning } from '../../../test/child-processes.ts';
import type { PictureMaker } from '../../ports/picture-maker.ts';
import { createPictureMaker } from '../sharp/picture-maker.ts';
import { createReadingDetector, type ReadingDetector } from './reading-detector.ts';

const never = new AbortController().signal;
const hints = { collectionType: 'other' };

const reading = (): readonly number[] => childrenRunning('reading-process');

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

  it('[O20] one picture is read after the other, by one process, and what takes too long ends', async () => {
    for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
    const reader = open();
    const all = [1, 2].map(() => reader.detect(pictureOf(scene), hints, never));
    await all[0];
    expect(reading()).toHaveLength(1);
    expect((await Promise.all(all)).map(({ items }) => items.length)).toEqual([1, 1]);

    await expect(open({ timeLimitMs: 1 }).detect(pictureOf(scene), hints, never)).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('[O20] what is no picture is refused before anything reads it', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 7)]);
    await expect(open().detect({ bytes, mediaType: 'image/jpeg' }, hints, never)).rejects.toMatchObject({ failure: 'refused' });
  });

  it('[O20] one whose process dies says so, and the next picture is read by another', async () => {
    for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
    const reader = open();
    const lost = reader.detect(pictureOf(scene), hints, never);
    lost.catch(() => undefined);
    await expect.poll(reading, { interval: 5, timeout: 20_000 }).toHaveLength(1);
    const [pid = 0] = reading();
    process.kill(pid, 'SIGKILL');

    await expect(lost).rejects.toMatchObject({ failure: 'unavailable' });
    expect((await reader.detect(pictureOf(scene), hints, never)).items).toHaveLength(1);
    expect(reading()).not.toContain(pid);
  });

  it('[O20] one pixel is read like any other picture, and one of 64 megapixels refused before it is decoded', async () => {
    const reader = open();
    const plain = async (side: number): Promise<{ readonly bytes: Uint8Array; readonly mediaType: 'image/jpeg' }> => {
      const picture = sharp({ create: { width: side, height: side, channels: 3, background: '#eee' } });
      return { bytes: await picture.jpeg().toBuffer(), mediaType: 'image/jpeg' };
    };

    expect((await reader.detect(await plain(1), hints, never)).items).toEqual([]);
    await expect(reader.detect(await plain(8_000), hints, never)).rejects.toMatchObject({ failure: 'refused' });
  });
});
