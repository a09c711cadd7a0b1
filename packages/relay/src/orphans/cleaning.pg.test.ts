import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newCollectionId, stampAt, type BlobHash, type CollectionId, type MemberId, type Seq } from '@cacaw/protocol';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { askBlobs, hashOf, jpegOf, photoPath, sendBlob } from '../../test/photo-sender.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createPostgresBlobMarks } from '../adapters/postgres/blob-marks.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { blobMarksContract } from '../contracts/blob-marks.ts';
import { namesUnder } from '../contracts/blob-store.ts';
import { appending } from '../contracts/log-fixture.ts';
import { silentObserver } from '../observer.ts';
import { cleaningJob } from './cleaning-job.ts';

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
let ref = 0;
async function write(collection: CollectionId, ...entries: readonly (readonly unknown[])[]): Promise<Seq> {
  ref += 1;
  const bytes = new RegisterWriter(1000 + ref).change((doc) => doc.getArray('r').push(entries.map((entry) => [...entry])));
  await world.log.append([appending(collection, 1 as MemberId, [{ document: 'rows.aaaaaa.0', writer: 1000 + ref, ref: 1, bytes }])]);
  return (await world.log.state(collection))?.head ?? (0 as Seq);
}
const clean = (now = Date.now()): Promise<void> =>
  cleaningJob({
    marks: createPostgresBlobMarks(world.database.database),
    blobs: world.photos.blobs,
    store: world.blobStore,
    log: world.log,
    clock: { now: () => now },
    observer: silentObserver,
  }).run({ key: '', signal: new AbortController().signal });
const refersTo = (hash: BlobHash, value: unknown, ago = 0): readonly unknown[] => ['item1', `h:${hash}`, value, stampAt(Date.now() - ago)];
const photoValue = { w: 40, h: 30, b: 100, m: 'image/jpeg' };
const dayMs = 24 * 60 * 60_000;

describe('PostgreSQL marks', () =>
  blobMarksContract(async () => ({
    marks: createPostgresBlobMarks(world.database.database),
    newCollection,
    store: async (collection, { hash, use }) =>
      void (await world.database.sql`
        insert into blobs (collection_id, hash, use, media_type, charged, variants) values (${collection}, ${hash}, ${use}, 'image/webp', 1, '{}')`),
    begin: async (collection, { hash, use }) =>
      void (await world.database.sql`
        insert into uploads (collection_id, hash, use, total, charged, member) values (${collection}, ${hash}, ${use}, 1, 1, 1)`),
    write: (collection) => write(collection, ['item1', 'n', 'A name', 5]),
    erase: async (collection) =>
      void (await world.database.sql`update collections set gone = 'erased' where collection_id = ${collection}`),
  })));

describe('cleanup-orphaned-files', () => {
  it('[CL5] a photo taken off its item goes in two phases, from the store and from what its owner uses; one that is referred to stays', async () => {
    const collection = await newCollection();
    const [kept, dropped] = [await jpegOf(40, 30), await jpegOf(30, 40)];
    await write(collection, refersTo(hashOf(kept), photoValue), refersTo(hashOf(dropped), null, 31 * dayMs));
    for (const bytes of [kept, dropped]) expect((await sendBlob(anna, { collection, bytes })).status).toBe(201);
    const used = async (): Promise<unknown> =>
      (await world.database.sql`select storage_used from profiles where storage_used > 0`)[0]?.['storage_used'];
    const before = await used();

    await clean();
    expect((await anna.get(`${photoPath(collection, hashOf(dropped))}?size=150`)).status).toBe(200);
    await clean(Date.now() + dayMs);

    expect((await anna.get(`${photoPath(collection, hashOf(dropped))}?size=150`)).status).toBe(404);
    expect(await namesUnder(world.blobStore, `${collection}/${hashOf(dropped)}/`)).toEqual([]);
    expect(await namesUnder(world.blobStore, `${collection}/`)).toHaveLength(3);
    expect(Number(await used())).toBeLessThan(Number(before));
    expect((await anna.get(`${photoPath(collection, hashOf(kept))}?size=full`)).status).toBe(200);
  });

  it('[CL5] asking about a marked photo takes its mark back; asking about one that has just gone is told it is missing', async () => {
    const collection = await newCollection();
    const photo = await jpegOf(20, 30);
    await write(collection, refersTo(hashOf(photo), null, 31 * dayMs));
    await sendBlob(anna, { collection, bytes: photo });
    await clean();
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'stored' }]);
    await clean(Date.now() + dayMs);
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'stored' }]);

    await clean();
    await clean(Date.now() + dayMs + 1000);
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'missing' }]);
    expect((await sendBlob(anna, { collection, bytes: photo })).status).toBe(201);
    expect((await anna.get(`${photoPath(collection, hashOf(photo))}?size=300`)).status).toBe(200);
  });
});
