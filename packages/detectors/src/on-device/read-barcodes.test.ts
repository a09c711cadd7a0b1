import { beforeAll, describe, expect, it } from 'vitest';
import { drawScene, greyInNode } from '../testing/drawn/index.ts';
import { turned } from './grey.ts';
import { programsInNode } from './node.ts';
import { openBarcodes, type ReadBarcodes } from './read-barcodes.ts';

describe('barcodes of a picture', () => {
  let read: ReadBarcodes;
  beforeAll(async () => void (read = await openBarcodes(programsInNode().barcodes)));

  it.each([
    ['blurred', 11],
    ['in little light and grain', 31],
    ['small in grain', 21],
  ])('[O61] are read %s as well, standing or lying, where they are', async (_, index) => {
    const { jpeg, barcodes } = await drawScene(index, 2);
    const grey = await greyInNode({ bytes: jpeg });

    const [found, ...others] = await read(grey, 1);
    expect([found?.text, others]).toEqual([barcodes[0], []]);
    const { left = 0, top = 0, right = 0, bottom = 0 } = found?.part ?? {};
    expect([left > grey.width * 0.4, top > grey.height * 0.5, right < grey.width, bottom < grey.height]).toEqual([true, true, true, true]);
    expect((await read(turned(grey, 1), 1)).map(({ text }) => text)).toEqual(barcodes);
  });

  it('[O61] are not made up where there are none, however hard they are looked for', async () => {
    for (const index of [20, 28]) {
      const grey = await greyInNode({ bytes: (await drawScene(index, 2)).jpeg });
      expect(await read(grey, 8)).toEqual([]);
    }
  });
});
