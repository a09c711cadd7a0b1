import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { askBlobs, hashOf, jpegOf, photoPath, sendBlob, sendPiece } from '../../test/photo-sender.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { namesUnder } from '../contracts/blob-store.ts';
import { blobPrefix } from '../ports/blob-store.ts';
import { variantName } from '../photos/names.ts';

let world: AccountWorld;
let anna: Browser;
let collection: CollectionId;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  anna = await world.signedUp('anna');
  collection = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id: collection });
}, 60_000);
afterAll(() => world.stop());

const get = (bytes: Uint8Array, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  anna.get(`${photoPath(collection, hashOf(bytes))}?${query}`, headers);
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const storedNames = (): Promise<readonly string[]> => namesUnder(world.blobStore, blobPrefix(collection));

describe('photos', () => {
  it('[PH1] a photo that was sent is stored as three pictures, made anew, each sealed, with its own hash in the row', async () => {
    const photo = await sharp(await jpegOf(800, 600))
      .withExif({ IFD0: { Copyright: 'SECRET-PLACE' } })
      .jpeg()
      .toBuffer();

    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toEqual([{ hash: hashOf(photo), state: 'missing' }]);
    expect(await sendBlob(anna, { collection, bytes: photo })).toEqual({ status: 201, body: { hash: hashOf(photo), state: 'stored' } });
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toEqual([{ hash: hashOf(photo), state: 'stored' }]);

    const sizes: { readonly [size: string]: readonly number[] } = { full: [800, 600], '300': [300, 300], '150': [150, 150] };
    const row = await world.photos.blobs.read({ collection, hash: hashOf(photo), use: 'photo' });
    for (const size of ['full', '300', '150'] as const) {
      const answer = await get(photo, `size=${size}`);
      const served = await bytesOf(answer);
      const { format, width, height, exif } = await sharp(served).metadata();
      expect([answer.status, answer.headers.get('content-type'), format, width, height]).toEqual([
        200,
        'image/webp',
        'webp',
        ...(sizes[size] ?? []),
      ]);
      expect(exif).toBeUndefined();
      expect(served.includes('SECRET-PLACE')).toBe(false);
      expect(row?.variants[size]).toEqual({ bytes: served.length, hash: hashOf(served) });
      const kept = await world.blobStore.get(variantName({ collection, hash: hashOf(photo) }, size));
      expect(kept?.length).toBe(served.length + 29);
      expect(Buffer.from(kept ?? []).includes('WEBP')).toBe(false);
    }
    expect(await storedNames()).toHaveLength(3);
  });

  it('[PH2] pieces are taken in their order only; one in the wrong place is told where to go on', async () => {
    const photo = await sharp(Buffer.from(systemRandom.bytes(900 * 900 * 3)), { raw: { width: 900, height: 900, channels: 3 } })
      .png()
      .toBuffer();
    expect(photo.length).toBeGreaterThan(2 * 1024 * 1024);

    const first = await sendPiece(anna, { collection, bytes: photo }, 0);
    const again = await sendPiece(anna, { collection, bytes: photo }, 0);
    const ahead = await sendPiece(anna, { collection, bytes: photo }, 2 * 1024 * 1024);

    const received = 1024 * 1024;
    expect(first).toEqual({ status: 200, body: { hash: hashOf(photo), state: 'receiving', received } });
    expect([again.status, again.body['code'], again.body['received']]).toEqual([409, 'offset', received]);
    expect([ahead.status, ahead.body['code'], ahead.body['received']]).toEqual([409, 'offset', received]);
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'receiving', received }]);
    await sendPiece(anna, { collection, bytes: photo }, received);
    expect(await sendPiece(anna, { collection, bytes: photo }, 2 * received)).toMatchObject({ status: 201, body: { state: 'stored' } });
    expect((await storedNames()).filter((name) => name.includes('piece'))).toEqual([]);
  });

  it('[PH3] what is sent again is answered without reading it, and stored once', async () => {
    const photo = await jpegOf(200, 200, 3);
    await sendBlob(anna, { collection, bytes: photo });
    const [before, names] = [await use(), await storedNames()];

    const answers = await Promise.all([1, 2, 3].map(() => sendBlob(anna, { collection, bytes: photo })));

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect([await use(), await storedNames()]).toEqual([before, names]);
  });

  it('[PH4] other bytes than their name says are refused, and say nothing about the right ones', async () => {
    const [photo, other] = [await jpegOf(120, 90, 4), await jpegOf(120, 90, 5)];

    const wrong = await sendBlob(anna, { collection, bytes: other, hash: hashOf(photo) });

    expect([wrong.status, wrong.body['code'], wrong.body['reason']]).toEqual([422, 'blob-refused', 'wrong-hash']);
    expect(await sendBlob(anna, { collection, bytes: photo })).toMatchObject({ status: 201 });
  });

  it('[PH5] what is no picture is refused with why, the same again, and nothing of it stays', async () => {
    const page = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const names = await storedNames();
    const before = await use();

    const answers = [await sendBlob(anna, { collection, bytes: page }), await sendBlob(anna, { collection, bytes: page })];

    expect(answers.map(({ status, body }) => [status, body['reason']])).toEqual([
      [422, 'not-a-picture'],
      [422, 'not-a-picture'],
    ]);
    expect((await askBlobs(anna, collection, [{ bytes: page }])).blobs).toMatchObject([{ state: 'refused', code: 'not-a-picture' }]);
    expect([await storedNames(), await use()]).toEqual([names, before]);
  });

  it('[PH6] a file is kept as it is and saved, never shown; a picture among files is made anew', async () => {
    const [pdf, text, picture] = [Buffer.from('%PDF-1.7\n%%EOF'), Buffer.from('<h1>Receipt</h1> 12 €'), await jpegOf(60, 40, 6)];
    for (const bytes of [pdf, text, picture])
      expect(await sendBlob(anna, { collection, bytes, use: 'file' })).toMatchObject({ status: 201 });

    const answers = await Promise.all([pdf, text, picture].map((bytes) => get(bytes, 'size=file')));

    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      'application/pdf',
      'text/plain; charset=utf-8',
      'image/webp',
    ]);
    for (const { headers } of answers) {
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="file-[0-9a-f]{12}\.(pdf|txt|webp)"$/);
      expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const [first, second] = await Promise.all(answers.slice(0, 2).map(bytesOf));
    expect([first, second]).toEqual([pdf, text]);
    expect((await get(picture, 'size=full')).status).toBe(404);
  });

  it('[PH7] ranges, entity tags and HEAD are answered as HTTP has them, and only the own browser keeps it', async () => {
    const file = Buffer.from(Array.from({ length: 1_500_000 }, (_, at) => 97 + (at % 23)));
    await sendBlob(anna, { collection, bytes: file, use: 'file' });
    const whole = await get(file, 'size=file');
    const etag = whole.headers.get('etag') ?? '';
    const part = async (range: string, more: Record<string, string> = {}): Promise<readonly unknown[]> => {
      const answer = await get(file, 'size=file', { range, ...more });
      const body = await bytesOf(answer);
      return [answer.status, answer.headers.get('content-range'), body.equals(file.subarray(...spanOf(range))) || body.length];
    };

    expect(await bytesOf(whole)).toEqual(file);
    expect(whole.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(whole.headers.get('vary')).toContain('authorization, cookie');
    expect(await part('bytes=1048000-1049999')).toEqual([206, 'bytes 1048000-1049999/1500000', true]);
    expect(await part('bytes=1499990-')).toEqual([206, 'bytes 1499990-1499999/1500000', true]);
    expect(await part('bytes=-5')).toEqual([206, 'bytes 1499995-1499999/1500000', true]);
    expect(await part('bytes=1500000-')).toEqual([416, 'bytes */1500000', true]);
    expect(await part('bytes=5-1')).toEqual([200, null, 1_500_000]);
    expect(await part('bytes=0-1,4-5')).toEqual([200, null, 1_500_000]);
    expect(await part('bytes=0-3', { 'if-range': '"another"' })).toEqual([200, null, 1_500_000]);
    expect((await get(file, 'size=file', { 'if-none-match': `"x", ${etag}` })).status).toBe(304);
    const head = await anna.send(`${photoPath(collection, hashOf(file))}?size=file`, { method: 'HEAD', headers: {} });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, '1500000', etag]);
  });

  it('[PH8] a thumbnail by a view is made when it is asked for; the two newest views are kept', async () => {
    const halves = sharp({ create: { width: 400, height: 200, channels: 3, background: 'red' } });
    const blue = await sharp({ create: { width: 200, height: 200, channels: 3, background: 'blue' } })
      .png()
      .toBuffer();
    const photo = await halves
      .composite([{ input: blue, left: 200, top: 0 }])
      .png()
      .toBuffer();
    await sendBlob(anna, { collection, bytes: photo });
    const colour = async (view: string): Promise<readonly (number | undefined)[]> => {
      const answer = await get(photo, `size=150&view=${view}`);
      const { data, info } = await sharp(await bytesOf(answer))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([answer.status, info.width, info.height]).toEqual([200, 150, 150]);
      return [data[0], data[2]].map((one) => ((one ?? 0) > 200 ? 1 : 0));
    };

    expect(await colour('0.0.0.500')).toEqual([1, 0]);
    expect(await colour('0.1200.0.500')).toEqual([0, 1]);
    // Turned by half, the blue side is the left one.
    expect(await colour('2.0.0.500')).toEqual([0, 1]);
    const kept = (await world.photos.blobs.read({ collection, hash: hashOf(photo), use: 'photo' }))?.views;
    expect(kept).toEqual(['2.0.0.500', '0.1200.0.500']);
    expect((await storedNames()).filter((name) => name.includes(`${hashOf(photo)}/view`))).toHaveLength(4);
    expect((await get(photo, 'size=full&view=1.0.0.0')).status).toBe(400);
    expect((await get(photo, 'size=150&view=0.5.0.0')).status).toBe(400);
  });
});

const spanOf = (range: string): readonly [number, number] => {
  const [, from = '', to = ''] = /bytes=(\d*)-(\d*)/.exec(range) ?? [];
  return from === '' ? [1_500_000 - Number(to), 1_500_000] : [Number(from), to === '' ? 1_500_000 : Number(to) + 1];
};

async function use(): Promise<number> {
  const [found] = await world.database.sql<{ used: number }[]>`select storage_used as used from profiles`;
  return Number(found?.used);
}

describe('public photos', () => {
  it('[PH9] have an address anybody may read and keep for a day; private again it leads nowhere, for ever', async () => {
    const photo = await jpegOf(320, 240, 9);
    await sendBlob(anna, { collection, bytes: photo });
    const path = `/api/collections/${collection}/public-photos`;
    const publish = async (isPublic: boolean): Promise<string | null> =>
      ((await (await anna.putJson(path, { isPublic })).json()) as { readonly address: string | null }).address;
    const look = (address: string | null, query = 'size=300'): Promise<Response> =>
      fetch(`${world.http.url}${address}${hashOf(photo)}?${query}`);

    const address = await publish(true);
    const answer = await look(address);

    expect(address).toMatch(/^\/p\/[0-9A-Za-z]{22}\/$/);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=86400, immutable']);
    expect([answer.headers.get('vary'), answer.headers.get('ratelimit'), answer.headers.getSetCookie()]).toEqual([null, null, []]);
    expect(await publish(true)).toBe(address);
    expect(await (await anna.get(path)).json()).toEqual({ address });
    expect((await look(address, 'size=file')).status).toBe(404);
    expect((await fetch(`${(await world.another()).url}${address}${hashOf(photo)}?size=full`)).status).toBe(200);
    expect(await publish(false)).toBeNull();
    expect((await look(address)).status).toBe(404);
    expect(world.purged).toEqual([address]);
    const next = await publish(true);
    expect(next).not.toBe(address);
    expect([(await look(address)).status, (await look(next)).status]).toEqual([404, 200]);
  });

  it('[PH9] lead nowhere once their collection is deleted, and caches are told', async () => {
    const doomed = newCollectionId(systemRandom);
    await anna.post('/api/collections', { id: doomed });
    const photo = await jpegOf(32, 24, 10);
    await sendBlob(anna, { collection: doomed, bytes: photo });
    const published = await anna.putJson(`/api/collections/${doomed}/public-photos`, { isPublic: true });
    const { address } = (await published.json()) as { readonly address: string };
    const look = async (): Promise<number> => (await fetch(`${world.http.url}${address}${hashOf(photo)}?size=150`)).status;
    expect(await look()).toBe(200);

    expect((await anna.send(`/api/collections/${doomed}`, { method: 'DELETE', headers: { origin: world.origin } })).status).toBe(204);

    expect(await look()).toBe(404);
    expect(world.purged.at(-1)).toBe(address);
  });
});
