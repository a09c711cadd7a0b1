import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { expect, inject, it } from 'vitest';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { askBlobs, jpegOf, sendBlob, type PieceAnswer } from '../../test/photo-sender.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import type { ScanVerdict } from '../ports/scanner.ts';

interface Sender {
  readonly who: Browser;
  readonly collection: CollectionId;
}

async function openSender(world: AccountWorld, name: string): Promise<Sender> {
  const who = await world.signedUp(name);
  const collection = newCollectionId(systemRandom);
  await who.post('/api/collections', { id: collection });
  return { who, collection };
}

it('[PH54] eight uploads are held whole at a time, four of one account; what is complete meanwhile waits and is finished afterwards', async () => {
  const waiting: ((verdict: ScanVerdict) => void)[] = [];
  let isOpen = false;
  const scan = (): Promise<ScanVerdict> => (isOpen ? Promise.resolve({ verdict: 'clean' }) : new Promise((done) => waiting.push(done)));
  const world = await openAccountWorld(inject('postgresUrl'), { scanner: { scan } });
  try {
    const photos = await Promise.all(Array.from({ length: 5 }, (_, seed) => jpegOf(40, 30, seed)));
    const people = await Promise.all(['anna', 'ben', 'cara'].map((name) => openSender(world, name)));
    const [anna, ben, cara] = people as [Sender, Sender, Sender];
    const send = ({ who, collection }: Sender, bytes: Uint8Array): Promise<PieceAnswer> => sendBlob(who, { collection, bytes });
    const first = photos.slice(0, 4);
    const last = photos.slice(4);

    const held = first.map((bytes) => send(anna, bytes));
    await expect.poll(() => waiting.length).toBe(4);
    const fifth = await Promise.all(last.map((bytes) => send(anna, bytes)));
    held.push(...first.map((bytes) => send(ben, bytes)));
    await expect.poll(() => waiting.length).toBe(8);
    const ninth = await Promise.all(last.map((bytes) => send(cara, bytes)));

    for (const { status, body } of [...fifth, ...ninth]) expect([status, body['state'], body['why']]).toEqual([202, 'checking', 'busy']);
    expect(waiting.length).toBe(8);
    isOpen = true;
    for (const done of waiting) done({ verdict: 'clean' });
    await Promise.all(held);
    await expect
      .poll(async () => {
        await world.photos.pipeline.finishChecking();
        const asked = [
          ...first.map((bytes) => [ben, bytes] as const),
          ...photos.map((bytes) => [anna, bytes] as const),
          ...last.map((bytes) => [cara, bytes] as const),
        ];
        const answers = await Promise.all(asked.map(([{ who, collection }, bytes]) => askBlobs(who, collection, [{ bytes }])));
        return answers.flatMap(({ blobs }) => blobs.map(({ state }) => state));
      })
      .toEqual(Array.from({ length: 10 }, () => 'stored'));
  } finally {
    await world.stop();
  }
});
