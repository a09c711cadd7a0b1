import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { namesUnder } from '../../src/contracts/blob-store.ts';
import { blobPrefix } from '../../src/ports/blob-store.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { askBlobs, hashOf, photoPath, sendBlob } from '../photo-sender.ts';
import { hostileFiles, mark, type Fate, type HostileFile } from './hostile-files.ts';

const files = await hostileFiles();
const table = readFileSync(join(import.meta.dirname, '../../../../docs/threat-model.md'), 'utf8');
const words: { readonly [fate in Fate]?: string } = { pictures: 'pictures made anew', attachment: 'attachment' };

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

const namesOf = (bytes: Uint8Array): Promise<readonly string[]> => namesUnder(world.blobStore, blobPrefix(collection, hashOf(bytes)));

async function fateOf({ bytes, use }: HostileFile): Promise<Fate> {
  const { status, body } = await sendBlob(anna, { collection, bytes, use });
  if (status === 422) return body['reason'] as Fate;
  expect([status, body['state']]).toEqual([201, 'stored']);
  const answer = await anna.get(`${photoPath(collection, hashOf(bytes))}?size=${use === 'file' ? 'file' : 'full'}`);
  return answer.headers.get('content-type') === 'image/webp' ? 'pictures' : 'attachment';
}

/** Everything that is served of a photo is a still WebP of these sizes and carries nothing that was sent. */
async function expectHarmless({ bytes, use }: HostileFile): Promise<void> {
  for (const size of use === 'file' ? (['file'] as const) : (['full', '300', '150'] as const)) {
    const answer = await anna.get(`${photoPath(collection, hashOf(bytes))}?size=${size}`);
    const served = Buffer.from(await answer.arrayBuffer());
    const { format, width, height, pages, exif, xmp, icc, space } = await sharp(served).metadata();
    expect([answer.status, format, pages, exif, xmp, icc, space]).toEqual([
      200,
      'webp',
      undefined,
      undefined,
      undefined,
      undefined,
      'srgb',
    ]);
    if (size === '300' || size === '150') expect([width, height]).toEqual([Number(size), Number(size)]);
    expect(served.includes(mark)).toBe(false);
  }
}

/** What is kept as it is runs nowhere: its type is told and not guessed, it is saved, and a page made of it may do nothing. */
async function expectAttachment({ bytes }: HostileFile): Promise<void> {
  const { headers } = await anna.get(`${photoPath(collection, hashOf(bytes))}?size=file`);
  expect(headers.get('content-type')).toMatch(/^(?:text\/plain; charset=utf-8|application\/pdf)$/);
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
}

/** Asks something else again and again until the work is done: says how often it was answered meanwhile. */
async function answersDuring(work: Promise<unknown>): Promise<number> {
  let [count, isDone] = [0, false];
  const done = work.then(() => (isDone = true));
  while (!isDone) {
    await (await fetch(`${world.http.url}/healthz`)).arrayBuffer();
    count += 1;
    await new Promise((go) => setTimeout(go, 5));
  }
  await done;
  return count;
}

describe('hostile files', () => {
  it('[PH30] there are more than forty, and each stands in docs/threat-model.md with what becomes of it', () => {
    const rows = files.map(({ name, fates }) => `| ${name} | ${fates.map((fate) => words[fate] ?? `refused: \`${fate}\``).join(' or ')} |`);

    expect(rows.filter((row) => !table.includes(row))).toEqual([]);
    expect(files.length).toBeGreaterThan(40);
  });

  it('[PH30] an empty file is refused before anything of it is sent', async () => {
    expect((await askBlobs(anna, collection, [{ bytes: new Uint8Array() }])).blobs).toMatchObject([{ state: 'refused', code: 'empty' }]);
  });

  for (const hostile of files)
    it(`[PH30] [PH31] ${hostile.name}: refused or harmless, nothing is left of a refusal, and others are answered meanwhile`, async () => {
      const found: { fate?: Fate } = {};

      const answered = await answersDuring(fateOf(hostile).then((fate) => (found.fate = fate)));

      expect(hostile.fates).toContain(found.fate);
      expect(answered).toBeGreaterThan(0);
      if (found.fate === 'pictures') await expectHarmless(hostile);
      else if (found.fate === 'attachment') await expectAttachment(hostile);
      else expect(await namesOf(hostile.bytes)).toEqual([]);
      expect(world.faults).toEqual([]);
    });

  it('[PH31] after all of them an honest photo is stored as before', async () => {
    const honest = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'green' } })
      .jpeg()
      .toBuffer();

    expect(await sendBlob(anna, { collection, bytes: honest })).toMatchObject({ status: 201 });
  });
});
