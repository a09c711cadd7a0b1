import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { hashOf, jpegOf, photoPath, sendBlob } from '../../test/photo-sender.ts';
import { createManualClock } from '../../test/manual-clock.ts';
import { createMemoryRateLimiter } from '../adapters/memory/rate-limiter.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { limits } from '../http/limits.ts';

const roomy = { points: 1_000, windowMs: 60_000 };
let world: AccountWorld;
let anna: Browser;
let collection: CollectionId;
let photo: Uint8Array;
beforeAll(async () => {
  const tight = {
    ...limits,
    'sign-up': roomy,
    'sign-in': roomy,
    photos: { points: 20, windowMs: 60_000 },
    'photo-views': { points: 2, windowMs: 60_000 },
  };
  world = await openAccountWorld(inject('postgresUrl'), { limiter: createMemoryRateLimiter(createManualClock(), tight) });
  anna = await world.signedUp('anna');
  collection = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id: collection });
  photo = await jpegOf(60, 40);
  await sendBlob(anna, { collection, bytes: photo });
}, 60_000);
afterAll(() => world.stop());

describe('limits of photos', () => {
  it('[PH56] more thumbnails than may be made are refused with when to come back; those that were made are served', async () => {
    const look = async (view: string): Promise<Response> => anna.get(`${photoPath(collection, hashOf(photo))}?size=150&view=${view}`);

    expect([(await look('1.0.0.0')).status, (await look('2.0.0.0')).status]).toEqual([200, 200]);
    const refused = await look('3.0.0.0');

    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit-policy')]).toEqual([
      429,
      '60',
      '"photo-views";q=2;w=60',
    ]);
    expect([(await look('2.0.0.0')).status, (await look('0.0.0.0')).status]).toEqual([200, 200]);
  });

  it('[PH55] who guesses public addresses is told to stop, the right one included', async () => {
    const published = await anna.putJson(`/api/collections/${collection}/public-photos`, { isPublic: true });
    const { address } = (await published.json()) as { readonly address: string };
    const open = async (from: string): Promise<number> => (await fetch(`${world.http.url}${from}${hashOf(photo)}?size=150`)).status;

    expect(await open(address)).toBe(200);
    const guesses: number[] = [];
    for (let count = 0; count < 19; count += 1) guesses.push(await open(`/p/${'A'.repeat(22)}/`));

    expect(new Set(guesses)).toEqual(new Set([404]));
    expect([await open(`/p/${'B'.repeat(22)}/`), await open(address)]).toEqual([429, 429]);
  });
});
