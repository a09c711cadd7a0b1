import { newCollectionId } from '@cacaw/protocol';
import { expect, inject, it } from 'vitest';
import { openAccountWorld } from '../../test/account-world.ts';
import { askBlobs, jpegOf, sendBlob } from '../../test/photo-sender.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import type { ScanVerdict } from '../ports/scanner.ts';

it('[PH54] eight uploads are held whole at a time; what is complete meanwhile waits and is finished afterwards', async () => {
  const waiting: ((verdict: ScanVerdict) => void)[] = [];
  let isOpen = false;
  const scan = (): Promise<ScanVerdict> => (isOpen ? Promise.resolve({ verdict: 'clean' }) : new Promise((done) => waiting.push(done)));
  const world = await openAccountWorld(inject('postgresUrl'), { scanner: { scan } });
  try {
    const anna = await world.signedUp('anna');
    const collection = newCollectionId(systemRandom);
    await anna.post('/api/collections', { id: collection });
    const photos = await Promise.all(Array.from({ length: 10 }, (_, seed) => jpegOf(40, 30, seed)));

    const held = photos.slice(0, 8).map((bytes) => sendBlob(anna, { collection, bytes }));
    await expect.poll(() => waiting.length).toBe(8);
    const rest = await Promise.all(photos.slice(8).map((bytes) => sendBlob(anna, { collection, bytes })));

    expect(rest.map(({ status, body }) => [status, body['state'], body['why']])).toEqual([
      [202, 'checking', 'busy'],
      [202, 'checking', 'busy'],
    ]);
    expect(waiting.length).toBe(8);
    isOpen = true;
    for (const done of waiting) done({ verdict: 'clean' });
    await Promise.all(held);
    await expect
      .poll(async () => {
        await world.photos.pipeline.finishChecking();
        return (
          await askBlobs(
            anna,
            collection,
            photos.map((bytes) => ({ bytes })),
          )
        ).blobs.map(({ state }) => state);
      })
      .toEqual(photos.map(() => 'stored'));
  } finally {
    await world.stop();
  }
});
