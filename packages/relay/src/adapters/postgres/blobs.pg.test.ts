import { createHash } from 'node:crypto';
import { newCollectionId, type AccountId, type BlobHash, type CollectionId, type MemberId } from '@cacaw/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fragmentOf, openAccountWorld, type AccountWorld } from '../../../test/account-world.ts';
import { hashOf, jpegOf, sendBlob } from '../../../test/photo-sender.ts';
import type { Browser } from '../../../test/browser.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { systemRandom } from '../system-clock.ts';
import { createPostgresBlobs } from './blobs.ts';

let world: AccountWorld;
let blobs: Blobs;
let anna: Browser;
let bert: Browser;
const accountOf = async (who: Browser): Promise<AccountId> =>
  ((await (await who.get('/api/account')).json()) as { readonly accountId: AccountId }).accountId;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  blobs = world.photos.blobs;
  [anna, bert] = await Promise.all([world.signedUp('anna'), world.signedUp('bert')]);
}, 60_000);
afterAll(() => world.stop());
beforeEach(async () => {
  for (const one of [anna, bert])
    for (const { id, role } of (await (await one.get('/api/collections')).json()) as readonly { id: string; role: string }[])
      if (role === 'owner') await one.send(`/api/collections/${id}`, { method: 'DELETE', headers: { origin: world.origin } });
  await limit(10_000);
});

const limit = async (bytes: number): Promise<void> => {
  await world.database.sql`update profiles set storage_limit = ${bytes}`;
};
const used = async (who: Browser): Promise<number> => {
  const [found] = await world.database.sql<
    { used: string }[]
  >`select storage_used as used from profiles where account = ${await accountOf(who)}`;
  return Number(found?.used);
};
/** What the rows of an owner's living collections say. */
const counted = async (who: Browser): Promise<number> => {
  const [found] = await world.database.sql<{ sum: string }[]>`
    select coalesce(sum(charged), 0) as sum from (select collection_id, charged from blobs union all select collection_id, charged from uploads) t
    join members m using (collection_id) join collections c using (collection_id)
    where m.role = 'owner' and c.gone is null and m.account = ${await accountOf(who)}`;
  return Number(found?.sum);
};
const newCollection = async (who = anna): Promise<CollectionId> => {
  const id = newCollectionId(systemRandom);
  await who.post('/api/collections', { id });
  return id;
};
const newHash = (): BlobHash => createHash('sha256').update(systemRandom.bytes(8)).digest('hex') as BlobHash;
/** What sealing adds to a picture. */
const sealBytes = 29;
const member = 1 as MemberId;
const photo = (collection: CollectionId) => ({ collection, hash: newHash(), use: 'photo' }) as const;
const made = (bytes: number) => ({ mediaType: 'image/webp', variants: { full: { bytes, hash: 'x' } } });
const start = (total: number) => ({ total, from: 0, member });

/** Stores a blob as large as it was sent. */
async function store(collection: CollectionId, bytes: number): Promise<void> {
  const one = photo(collection);
  expect(await blobs.begin(one, start(bytes))).toMatchObject({ kind: 'go' });
  expect(await blobs.settle(one, made(bytes))).toBe('stored');
}

describe('storage of an account', () => {
  it('[PH10] twenty uploads at once at the edge of the limit reserve exactly what fits, and settle to what is stored', async () => {
    const collections = await Promise.all([1, 2, 3, 4].map(() => newCollection()));
    const all = Array.from({ length: 20 }, (_, at) => photo(collections[at % 4] as CollectionId));

    const outcomes = await Promise.all(all.map((one) => blobs.begin(one, start(1_400))));
    const going = all.filter((_, at) => outcomes[at]?.kind === 'go');

    expect(going).toHaveLength(7);
    expect(outcomes.filter(({ kind }) => kind === 'full')).toHaveLength(13);
    expect([await used(anna), await counted(anna)]).toEqual([9_800, 9_800]);
    expect(await Promise.all(going.map((one) => blobs.settle(one, made(900))))).toEqual(going.map(() => 'stored'));
    expect([await used(anna), await counted(anna)]).toEqual([6_300, 6_300]);
    expect(await blobs.room(collections[0] as CollectionId)).toBe(3_700);
  });

  it('[PH10] twenty photos sent at once through the whole pipeline count exactly what lies in the store', async () => {
    await limit(60_000);
    const [collection, other] = [await newCollection(), await newCollection()];
    const photos = await Promise.all(Array.from({ length: 20 }, (_, at) => jpegOf(160, 120, at + 1)));

    const answers = await Promise.all(photos.map((bytes, at) => sendBlob(anna, { collection: at % 2 === 0 ? collection : other, bytes })));

    await world.photos.pipeline.finishChecking();

    expect(answers.every(({ status }) => [201, 202, 413].includes(status))).toBe(true);
    let inStore = 0;
    for (const each of [collection, other]) for await (const { bytes } of world.blobStore.list(`${each}/`)) inStore += bytes - sealBytes;
    expect(inStore).toBeGreaterThan(30_000);
    expect([await used(anna), await counted(anna)]).toEqual([inStore, inStore]);
    expect(inStore).toBeLessThanOrEqual(60_000);
  });

  it('[PH10] what came of an upload and is larger than the room is not stored, and its room is free again', async () => {
    const collection = await newCollection();
    const one = photo(collection);
    await blobs.begin(one, start(9_000));

    expect(await blobs.settle(one, made(10_001))).toBe('full');
    expect(await used(anna)).toBe(9_000);
    await blobs.forget(one);
    expect(await used(anna)).toBe(0);
  });

  it('[PH11] a collection that changes hands takes its sum along, and is not handed to who has no room for it', async () => {
    const collection = await newCollection();
    await store(collection, 4_000);
    const invite = (await (await anna.post(`/api/collections/${collection}/invites`, { role: 'editor' })).json()) as { link: string };
    await bert.post('/api/invites/accept', { secret: fragmentOf(invite.link) });
    const hand = async (from: Browser, to: Browser): Promise<Response> =>
      from.patch(`/api/collections/${collection}`, { owner: await accountOf(to) });
    await store(await newCollection(bert), 7_000);

    const refused = await hand(anna, bert);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'limit-reached']);
    expect([await used(anna), await used(bert)]).toEqual([4_000, 7_000]);
    await limit(20_000);
    expect((await hand(anna, bert)).status).toBe(200);
    expect([await used(anna), await used(bert)]).toEqual([0, 11_000]);
  });

  it('[PH11] what a device stored is counted for the account that claims it, whatever its limit', async () => {
    const collection = await newCollection();
    await world.database.sql`update members set account = ${'G'.repeat(43)} where collection_id = ${collection}`;
    await store(collection, 900);
    expect(await used(anna)).toBe(0);
    await limit(100);

    await world.access.claim('G'.repeat(43) as AccountId, await accountOf(anna));

    expect(await used(anna)).toBe(900);
    expect(await blobs.begin(photo(collection), start(1))).toMatchObject({ kind: 'full', room: 0 });
  });

  it('[PH11] a collection that is gone gives its sum back, once, and takes nothing more', async () => {
    const collection = await newCollection();
    await store(collection, 3_000);
    const late = photo(collection);
    await blobs.begin(late, start(500));

    await anna.send(`/api/collections/${collection}`, { method: 'DELETE', headers: { origin: world.origin } });

    expect(await used(anna)).toBe(0);
    expect(await blobs.settle(late, made(500))).toBe('gone');
    expect(await blobs.begin(photo(collection), start(1))).toEqual({ kind: 'gone' });
    await world.database.sql`delete from blobs where collection_id = ${collection}`;
    await world.database.sql`delete from uploads where collection_id = ${collection}`;
    expect(await used(anna)).toBe(0);
  });

  it('[PH12] room reserved for what never came is free after a day, when somebody needs it', async () => {
    const collection = await newCollection();
    const [abandoned, slow] = [photo(collection), photo(collection)];
    await blobs.begin(abandoned, start(6_000));
    await blobs.begin(slow, start(3_000));
    await world.database.sql`update uploads set touched_at = now() - interval '25 hours' where hash = ${abandoned.hash}`;
    const bytes = systemRandom.bytes(7_000);
    const next = { collection, hash: hashOf(bytes), use: 'file' } as const;

    expect(await world.photos.pipeline.begin(next, start(7_000))).toMatchObject({ kind: 'go' });

    expect(await used(anna)).toBe(10_000);
    expect(await blobs.states(collection, [abandoned, slow])).toMatchObject([{ state: 'missing' }, { state: 'receiving' }]);
  });

  it('[PH13] a collection whose owner has no account holds what the smallest tier allows', async () => {
    const collection = await newCollection();
    await world.database.sql`update members set account = ${'H'.repeat(43)} where collection_id = ${collection}`;
    const small = createPostgresBlobs(world.database.database, { guestStorage: 2_000 });

    expect(await small.begin(photo(collection), start(1_500))).toMatchObject({ kind: 'go' });
    expect(await small.begin(photo(collection), start(600))).toMatchObject({ kind: 'full', room: 500 });
    expect(await small.room(collection)).toBe(500);
  });

  it('[PH13] what is made of a photo finds no room either where its owner has no account and no room; what fits is stored', async () => {
    const collection = await newCollection();
    await world.database.sql`update members set account = ${'J'.repeat(43)} where collection_id = ${collection}`;
    const small = createPostgresBlobs(world.database.database, { guestStorage: 2_000 });
    const [large, fitting] = [photo(collection), photo(collection)];
    await small.begin(large, start(1_500));
    await small.begin(fitting, start(400));

    expect(await small.settle(large, made(1_700))).toBe('full');
    expect(await small.room(collection)).toBe(100);
    expect(await small.settle(large, made(1_600))).toBe('stored');
    expect(await small.settle(fitting, made(400))).toBe('stored');
    expect(await small.room(collection)).toBe(0);
  });

  it('[PH14] an upload that is all there is held by one worker at a time, and free again when that one died', async () => {
    const collection = await newCollection();
    const one = photo(collection);
    await blobs.begin(one, start(10));
    await blobs.advance(one, { from: 0, to: 10, name: `${collection}/${one.hash}/piece.photo.0.x` as never });

    const held = await Promise.all([1, 2, 3].map(() => blobs.hold(one, 60_000)));

    expect(held.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await blobs.unfinished(10)).toEqual([]);
    await world.database.sql`update uploads set worked_until = now() - interval '1 second'`;
    expect(await blobs.unfinished(10)).toEqual([one]);
    expect(await blobs.hold(one, 60_000)).toMatchObject({ total: 10, isClean: false });
  });

  it('[PH15] asking about a blob takes back the mark of one about to be cleaned away', async () => {
    const collection = await newCollection();
    const [asked, sent] = [photo(collection), photo(collection)];
    for (const one of [asked, sent]) {
      await blobs.begin(one, start(10));
      await blobs.settle(one, made(10));
    }
    await world.database.sql`update blobs set marked_at = now(), marked_head = 0 where collection_id = ${collection}`;

    expect(await blobs.states(collection, [asked])).toEqual([{ state: 'stored' }]);
    expect(await blobs.begin(sent, start(10))).toEqual({ kind: 'stands', state: { state: 'stored' } });

    const marked = await world.database.sql`select hash from blobs where collection_id = ${collection} and marked_at is not null`;
    expect(marked).toEqual([]);
  });
});
