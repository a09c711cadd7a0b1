import { newCollectionId, type CollectionId, type MemberId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { askBlobs, hashOf, jpegOf, photoPath, sendBlob } from '../../test/photo-sender.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { namesUnder } from '../contracts/blob-store.ts';
import { blobPrefix } from '../ports/blob-store.ts';
import type { BlobId } from '../ports/blobs.ts';
import type { PictureMaker } from '../ports/picture-maker.ts';
import { silentObserver } from '../observer.ts';
import { variantName } from './names.ts';
import { findServed } from './reading.ts';

let world: AccountWorld;
let anna: Browser;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  anna = await world.signedUp('anna');
}, 60_000);
afterAll(() => world.stop());

const newCollection = async (): Promise<CollectionId> => {
  const id = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id });
  return id;
};
const namesIn = (collection: CollectionId): Promise<readonly string[]> => namesUnder(world.blobStore, blobPrefix(collection));
const newBlob = (collection: CollectionId): BlobId => ({ collection, hash: hashOf(systemRandom.bytes(8)), use: 'photo' });
const charged = async (collection: CollectionId): Promise<number> => {
  const [found] = await world.database.sql<{ sum: string }[]>`select sum(charged) from uploads where collection_id = ${collection}`;
  return Number(found?.sum);
};
const used = async (): Promise<number> => {
  const [found] = await world.database.sql<{ sum: string }[]>`select sum(storage_used) as sum from profiles`;
  return Number(found?.sum);
};
/** Bytes that stand for thumbnails of a picture turned so often. */
const variantsOf = (turns: number): { readonly 300: Uint8Array; readonly 150: Uint8Array } => ({
  300: new Uint8Array([turns]),
  150: new Uint8Array([turns]),
});

describe('photos under attack', () => {
  it('[PH50] a member has sixteen uploads under way; the one touched longest ago ends with its pieces and its room', async () => {
    const collection = await newCollection();
    const begin = (blob: BlobId, member: number): Promise<unknown> =>
      world.photos.pipeline.begin(blob, { total: 1_000_000, from: 0, member: member as MemberId });
    const [first, others] = [newBlob(collection), newBlob(collection)];
    await begin(others, 2);
    await begin(first, 1);
    await world.photos.pipeline.receive(first, 0, new Uint8Array(70_000));

    for (let count = 0; count < 16; count += 1) expect(await begin(newBlob(collection), 1)).toMatchObject({ kind: 'go' });

    expect(await charged(collection)).toBe(17_000_000);
    expect(await namesIn(collection)).toEqual([]);
    expect(await world.photos.blobs.states(collection, [first, others])).toEqual([
      { state: 'missing' },
      { state: 'receiving', received: 0 },
    ]);
    expect(await world.photos.pipeline.receive(first, 70_000, new Uint8Array(70_000))).toMatchObject({ isTaken: false, received: 0 });
  });

  it('[PH50] an upload that begins anew with another length leaves no piece that nobody is charged for', async () => {
    const collection = await newCollection();
    const blob = newBlob(collection);
    for (const total of [1_000_000, 900_000, 800_000]) {
      await world.photos.pipeline.begin(blob, { total, from: 0, member: 1 as MemberId });
      await world.photos.pipeline.receive(blob, 0, new Uint8Array(70_000));
    }

    expect(await namesIn(collection)).toHaveLength(1);
    expect(await charged(collection)).toBe(800_000);
  });

  it('[PH50] what somebody began who may send no more gives its room back when it is needed', async () => {
    const collection = await newCollection();
    await world.database.sql`insert into members (collection_id, member, account, role) values (${collection}, 7, 'former', 'none')`;
    await world.photos.pipeline.begin(newBlob(collection), { total: 1_000_000, from: 0, member: 7 as MemberId });
    await world.photos.pipeline.begin(newBlob(collection), { total: 2_000_000, from: 0, member: 1 as MemberId });

    await world.photos.blobs.sweep();

    expect(await charged(collection)).toBe(2_000_000);
  });

  it('[PH51] a question about a marked blob of a collection that is deleted meanwhile has an end', async () => {
    const collection = await newCollection();
    const photo = await jpegOf(40, 30, 21);
    await sendBlob(anna, { collection, bytes: photo });
    await world.database.sql`update blobs set marked_at = now() where collection_id = ${collection}`;
    await anna.send(`/api/collections/${collection}`, { method: 'DELETE', headers: { origin: world.origin } });

    expect(await world.photos.blobs.states(collection, [{ hash: hashOf(photo), use: 'photo' }])).toEqual([{ state: 'missing' }]);
  });

  it('[PH51] a thumbnail that was made while its photo was removed is not left in the store', async () => {
    const collection = await newCollection();
    const photo = await jpegOf(60, 40, 22);
    await sendBlob(anna, { collection, bytes: photo });
    const { blobs, sealed } = world.photos;
    const blob = { collection, hash: hashOf(photo) };
    const removing: PictureMaker = {
      make: () => Promise.resolve({ busy: true }),
      view: async (_, view) => {
        const { 300: large, 150: small } = variantsOf(view.turns);
        await world.database.sql`delete from blobs where collection_id = ${collection}`;
        return { made: { 300: large, 150: small } };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };

    const asked = { blob, size: '150', view: '1.0.0.0', cacheControl: '', whose: 'anna', beforeMaking: () => Promise.resolve() } as const;
    await expect(findServed({ blobs, store: sealed, pictures: removing, observer: silentObserver }, asked)).rejects.toThrow(
      /There is no 150/,
    );

    expect((await namesIn(collection)).filter((name) => name.includes('view'))).toEqual([]);
  });

  it('[PH7] a range that is not there is answered so that no cache keeps it', async () => {
    const collection = await newCollection();
    const photo = await jpegOf(60, 40, 23);
    await sendBlob(anna, { collection, bytes: photo });

    const answer = await anna.get(`${photoPath(collection, hashOf(photo))}?size=150`, { range: 'bytes=99999999-' });

    expect([answer.status, answer.headers.get('cache-control')]).toEqual([416, 'no-store']);
  });

  for (const how of ['changed', 'emptied', 'deleted'])
    it(`[PH52] a photo whose bytes were ${how} in the store is never served, asked for again, and whole when sent again`, async () => {
      const collection = await newCollection();
      const photo = await jpegOf(60, 40, 24);
      await sendBlob(anna, { collection, bytes: photo });
      const look = (query: string): Promise<Response> => anna.get(`${photoPath(collection, hashOf(photo))}?${query}`);
      const [whole, before] = [await (await look('size=full')).text(), await used()];
      const name = variantName({ collection, hash: hashOf(photo) }, 'full');
      const kept = (await world.blobStore.get(name)) ?? new Uint8Array();
      if (how === 'deleted') await world.blobStore.delete(name);
      else await world.blobStore.put(name, how === 'emptied' ? new Uint8Array() : kept.map((byte, at) => (at === 40 ? byte ^ 1 : byte)));

      expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'stored' }]);
      for (const query of ['size=full', 'size=300&view=1.0.0.0']) {
        const answer = await look(query);
        expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'unknown', detail: expect.stringContaining('damaged') }]);
      }
      expect((await look('size=150')).status).toBe(200);
      expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'missing' }]);

      expect(await sendBlob(anna, { collection, bytes: photo })).toMatchObject({ status: 201 });

      expect(await (await look('size=full')).text()).toBe(whole);
      expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'stored' }]);
      expect(await used()).toBe(before);
    });
});
