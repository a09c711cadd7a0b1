import { createHash } from 'node:crypto';
import type { ItemRow } from '@cacaw/core';
import { createMemoryDisk, openDevice, type Device } from '@cacaw/core/device';
import { newCollectionId, type BlobHash, type Clock, type Random } from '@cacaw/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { ArchiveError } from './read-archive.ts';
import { restoreArchive, type Restored, type Restoring, type RestoringDevice } from './restore-archive.ts';

interface Packed {
  readonly path: string;
  readonly text: string;
  /** Packed as it is. */
  readonly isStored?: boolean;
  /** What the zip says in place of the truth. */
  readonly lies?: {
    readonly crc?: number;
    readonly bytes?: number;
    readonly packed?: number;
    readonly at?: number;
    readonly flags?: number;
    readonly method?: number;
  };
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer());
}

function fields(...values: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.reduce((sum, [, bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [value, bytes] of values) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

/** A zip, byte for byte as its entries want it. */
async function zipOf(entries: readonly Packed[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  const lengthOf = (list: readonly Uint8Array[]): number => list.reduce((sum, { length }) => sum + length, 0);
  for (const { path, text, isStored = false, lies = {} } of entries) {
    const [name, bytes] = [new TextEncoder().encode(path), new TextEncoder().encode(text)];
    const packed = isStored ? bytes : await deflated(bytes);
    const at = lengthOf(parts);
    const facts = [
      [lies.flags ?? 0, 2],
      [lies.method ?? (isStored ? 0 : 8), 2],
      [0, 4],
      [lies.crc ?? crc32(0, bytes), 4],
      [lies.packed ?? packed.length, 4],
      [lies.bytes ?? bytes.length, 4],
      [name.length, 2],
      [0, 2],
    ] as const;
    parts.push(fields([0x04034b50, 4], [20, 2], ...facts), name, packed);
    directory.push(fields([0x02014b50, 4], [20, 2], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [lies.at ?? at, 4]), name);
  }
  const end = fields(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [lengthOf(directory), 4],
    [lengthOf(parts), 4],
    [0, 2],
  );
  return new Uint8Array(await new Blob([...parts, ...directory, end]).arrayBuffer());
}

const shard = 'Shard0000';
const collectionText = (change: object = {}): string =>
  JSON.stringify({
    version: '1.0.0',
    cacaw: {
      format: 1,
      collection: { name: 'Home', type: 'household', currency: 'EUR', schemaVersion: 1, createdAt: 1, settings: {}, fields: [] },
      notebook: [],
    },
    folders: [{ id: 'F000000001', name: 'Cellar', cacaw: {} }],
    items: [{ id: `${shard}00001`, name: 'Lamp', folderId: 'F000000001', cacaw: {} }],
    ...change,
  });
const good: Packed = { path: 'cacaw/Home/collection.json', text: collectionText() };

let seed = 1;
const random: Random = { bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff) };
const clock: Clock = { now: () => 1_800_000_000_000, after: () => () => undefined };

const hashOf = async (file: Blob): Promise<BlobHash> => sha256(await file.text());
const sha256 = (text: string): BlobHash => createHash('sha256').update(text).digest('hex') as BlobHash;

/** Takes what begins as a picture of ours does. */
const takePhoto: RestoringDevice['takePhoto'] = async (picture) => {
  if (!(await picture.text()).startsWith('RIFF')) return { reason: 'is no picture in the archive' };
  const facts = { hash: await hashOf(picture), width: 20, height: 10, bytes: picture.size, mediaType: 'image/webp' };
  return { ...facts, blob: picture, thumbnail: new Blob(['square']) };
};

interface Brought {
  readonly answer: Restored | ArchiveError;
  readonly names: readonly string[];
  readonly items: readonly ItemRow[];
  readonly device: Device;
}

/** Brings a zip back on a device that holds a collection already; tells what the device holds afterwards. */
async function restored(bytes: Uint8Array<ArrayBuffer>, restoring: Partial<Restoring> = {}): Promise<Brought> {
  const device = await openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
  const standing = newCollectionId(random);
  await device.run({ type: 'createCollection', id: standing, draft: { name: 'Mine', type: 'other', currency: 'EUR' } });
  await device.run({ type: 'addFolder', collection: standing, draft: { id: 'F000000001' as never, name: 'My folder' } });
  const answer = await restoreArchive(
    { random, run: (command, id) => device.run(command, id), writeNotebook: async () => undefined, takePhoto, hashOf },
    new Blob([bytes]),
    { onProgress: () => undefined, signal: new AbortController().signal, ...restoring },
  ).catch((error: unknown) => {
    if (error instanceof ArchiveError) return error;
    throw error;
  });
  const [collections, folders, items] = await device.store.read(['collections', 'folders', 'items'], (tx) =>
    Promise.all([tx.range('collections', {}), tx.range('folders', {}), tx.range('items', {})]),
  );
  await device[Symbol.asyncDispose]();
  return { answer, names: [...collections, ...folders].map(({ name }) => name).sort(), items, device };
}

const untouched = ['Mine', 'My folder'];
const twoMegabytes = collectionText({ pad: ' '.repeat(2_000_000) });

describe('hostile zips', () => {
  test('[W60] a good archive comes in beside what is there and touches none of it, whatever ids it names', async () => {
    const { answer, names } = await restored(await zipOf([good, { ...good, path: '../../../etc/collection.json' }]));

    expect(answer).toMatchObject({ items: 2, problems: [] });
    expect(names).toEqual(['Cellar', 'Cellar', 'Home', 'Home', 'Mine', 'My folder']);
  });

  test('[W60] every hostile zip is refused with what to do, and leaves nothing behind', async () => {
    const whole = await zipOf([good, good]);
    const second = (change: Partial<Packed>): Promise<Uint8Array<ArrayBuffer>> => zipOf([good, { ...good, ...change }]);
    const files: { readonly [what: string]: Uint8Array<ArrayBuffer> } = {
      nothing: new Uint8Array(),
      'one byte': new Uint8Array(1),
      'an end only': whole.slice(-22),
      'cut in its directory': whole.slice(0, -60),
      'without its beginning': whole.slice(100),
      'a zip in a zip': await zipOf([{ path: 'inner.zip', text: String.fromCharCode(...whole.slice(0, 50)) }]),
      'another checksum': await second({ lies: { crc: 1 } }),
      'a length that is too small': await second({ lies: { bytes: 5 } }),
      'a length that is too large': await second({ lies: { bytes: 5_000_000 } }),
      'a length beyond memory': await second({ lies: { bytes: 0xffffffff } }),
      'packed bytes cut off': await second({ lies: { packed: 20 } }),
      'packed bytes of another entry': await second({ lies: { at: 7 } }),
      'an entry beyond the end': await second({ lies: { at: 0xfffffff0 } }),
      'an encrypted entry': await second({ lies: { flags: 1 } }),
      'an unknown packing': await second({ lies: { method: 12 } }),
      'a bomb that says it is small': await second({ text: twoMegabytes, lies: { bytes: 1_000 } }),
      'a thousand and one collections': await zipOf(Array.from({ length: 1_001 }, () => ({ ...good, text: '{}' }))),
      'text that is no JSON': await second({ text: '{"version":' }),
      'JSON that is no collection': await second({ text: '[1,2,3]' }),
      'an empty text': await second({ text: '' }),
    };
    for (const [what, bytes] of Object.entries(files)) {
      const { answer, names } = await restored(bytes);

      expect(answer, what).toBeInstanceOf(ArchiveError);
      expect((answer as ArchiveError).message.length, what).toBeGreaterThan(20);
      expect(names, what).toEqual(untouched);
    }
  });

  test('[W60] whatever bytes of an archive are changed or missing, it is refused or comes in, and what is there stays', async () => {
    const whole = await zipOf([good]);
    const at = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(at, fc.nat(255)), { maxLength: 4 }),
        fc.option(fc.tuple(at, fc.nat(40))),
        async (changes, hole) => {
          const bytes = whole.slice();
          for (const [place, byte] of changes) bytes[place] = byte;
          const [from, length] = hole ?? [0, 0];
          const { names } = await restored(new Uint8Array([...bytes.slice(0, from), ...bytes.slice(from + length)]));

          expect(names.filter((name) => untouched.includes(name))).toEqual(untouched);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('photos and files of an archive', () => {
  const given = (n: number): BlobHash => sha256(`given ${n}`);
  const made = (n: number): string => `RIFF....WEBP made of ${n}`;
  const photo = (n: number, change: object = {}) =>
    ({
      hash: given(n),
      width: 40,
      height: 20,
      bytes: 9,
      mediaType: 'image/jpeg',
      order: `a${n}`,
      caption: '',
      view: null,
      ...change,
    }) as const;
  const bill = { hash: sha256('the bill'), name: 'Bill.txt', mediaType: 'text/plain', bytes: 8, kind: 'receipt' } as const;
  const scan = { hash: given(8), name: 'Scan.png', mediaType: 'image/png', bytes: 9, kind: 'other' } as const;
  const other = { hash: given(9), name: 'Other.pdf', mediaType: 'application/pdf', bytes: 9, kind: 'other' } as const;
  const item = (at: number, cacaw: object) => ({ id: `${shard}0000${at}`, name: `Item ${at}`, cacaw });
  const folder = 'collections/Home-abc';
  const stored = (n: number, lies: Packed['lies'] = {}): Packed => ({
    path: `${folder}/photos/${given(n)}.webp`,
    text: made(n),
    isStored: true,
    lies,
  });
  const file = (hash: BlobHash, name: string, text: string): Packed => ({ path: `${folder}/files/${hash}/${name}`, text });
  const detected = { source: 'a', model: 'b', confidence: 1, photo: given(2), promptVersion: '1' };
  const collection = (items: readonly object[]): Packed => ({ path: `${folder}/collection.json`, text: collectionText({ items }) });

  test('[W61] they come in with their rows, under the name of the bytes that came, kept and queued', async () => {
    const view = { turns: 1, crop: null };
    const zip = await zipOf([
      collection([
        item(1, { detected, photos: [photo(2, { order: 'a0', caption: 'Front', view }), photo(1)], files: [bill, scan] }),
        item(2, { photos: [photo(2)] }),
      ]),
      stored(1),
      { ...stored(2), isStored: false },
      file(bill.hash, 'Bill.txt', 'the bill'),
      file(scan.hash, 'Scan.png', made(8)),
      { ...stored(2), path: `collections/Other/photos/${given(2)}.webp`, text: 'RIFF of another collection' },
    ]);
    const { answer, items, device } = await restored(zip);
    const [first, second] = items;

    expect(answer).toMatchObject({ ended: 'done', items: 2, itemsInAll: 2, blobs: 5, problems: [] });
    const facts = { width: 20, height: 10, mediaType: 'image/webp' };
    expect(first?.photos).toMatchObject([
      { hash: sha256(made(2)), order: 'a0', caption: 'Front', view, bytes: made(2).length, ...facts },
      { hash: sha256(made(1)), order: 'a1', caption: '', view: null, ...facts },
    ]);
    expect(first?.files).toMatchObject([bill, { hash: sha256(made(8)), name: 'Scan.png', mediaType: 'image/webp', bytes: made(8).length }]);
    expect(first?.detected?.photo).toBe(sha256(made(2)));
    expect(second?.photos).toMatchObject([{ hash: sha256(made(2)) }]);
    const [images, queue] = await device.store.read(['images', 'settings'], (tx) =>
      Promise.all([tx.range('images', {}), tx.range('settings', { lower: 'upload/', upper: 'upload/~' })]),
    );
    const texts = await Promise.all(images.map(async ({ id, blob }) => [id.split('/')[1], await blob?.text()]));
    expect(Object.fromEntries(texts)).toEqual(
      Object.fromEntries([made(1), made(2), 'the bill', made(8)].map((text) => [sha256(text), text])),
    );
    expect(queue.map(({ value }) => (value as { state: string }).state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
  });

  test('[W61] what is missing, damaged or dishonest is named with its item, which comes all the same', async () => {
    const photos = [1, 2, 3, 4, 5, 6].map((n) => photo(n));
    const zip = await zipOf([
      collection([item(1, { photos, files: [bill, other] }), item(2, {})]),
      stored(2, { crc: 1 }),
      stored(3, { flags: 1 }),
      stored(4, { bytes: 26 * 1024 * 1024, packed: 26 * 1024 * 1024 }),
      { ...stored(5), text: '<svg onload="alert(1)">' },
      stored(6, { at: 0xfffffff0 }),
      file(other.hash, 'Other.pdf', '%PDF-1.7 another one'),
    ]);
    const { answer, items } = await restored(zip);

    expect(items.map(({ name }) => name)).toEqual(['Item 1', 'Item 2']);
    expect(items[0]?.photos.map(({ hash }) => hash)).toEqual(photos.map(({ hash }) => hash));
    expect(answer).toMatchObject({ items: 2, blobs: 0 });
    const told = answer instanceof ArchiveError ? [] : answer.problems.map(({ name, reason }) => `${name}: ${reason}`);
    expect(told).toEqual([
      'Item 1: Its photo 1 of 6 is not in the archive.',
      'Item 1: Its photo 2 of 6 is damaged in the archive.',
      'Item 1: Its photo 3 of 6 is encrypted or packed in a way this app does not read.',
      'Item 1: Its photo 4 of 6 is larger than this app keeps any.',
      'Item 1: Its photo 5 of 6 is no picture in the archive.',
      'Item 1: Its photo 6 of 6 is damaged in the archive.',
      'Item 1: Its file “Bill.txt” is not in the archive.',
      'Item 1: Its file “Other.pdf” is another one in the archive.',
    ]);
  });

  test('[W61] progress counts the items of all collections, and whoever cancels keeps what came', async () => {
    const megabytes = 'RIFF....WEBP'.padEnd(5 * 1024 * 1024, '.');
    const many = Array.from({ length: 6 }, (_, at) => item(at, { photos: [photo(at)] }));
    const large = many.map((_, at) => ({ ...stored(at), text: `${megabytes}${at}` }));
    const zip = await zipOf([collection(many), ...large, { ...good, path: 'zz/collection.json' }]);
    const cancelling = new AbortController();
    const heard: (readonly [number, number])[] = [];
    const { answer, items } = await restored(zip, {
      signal: cancelling.signal,
      onProgress: (done, total) => {
        heard.push([done, total]);
        if (done > 0) cancelling.abort();
      },
    });

    expect(heard.every(([, total]) => total === 7)).toBe(true);
    expect(answer).toMatchObject({ ended: 'cancelled', items: items.length, blobs: items.length, itemsInAll: 7 });
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(6);
  });
});
