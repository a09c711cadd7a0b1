import { createMemoryDisk, openDevice } from '@cacaw/core/device';
import { newCollectionId, type Clock, type Random } from '@cacaw/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { ArchiveError } from './read-archive.ts';
import { restoreArchive, type Restored } from './restore-archive.ts';

interface Packed {
  readonly path: string;
  readonly text: string;
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
  for (const { path, text, lies = {} } of entries) {
    const [name, bytes] = [new TextEncoder().encode(path), new TextEncoder().encode(text)];
    const packed = await deflated(bytes);
    const at = lengthOf(parts);
    const facts = [
      [lies.flags ?? 0, 2],
      [lies.method ?? 8, 2],
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

/** Brings a zip back on a device that holds a collection already; tells what the device holds afterwards. */
async function restored(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ readonly answer: Restored | ArchiveError; readonly names: readonly string[] }> {
  const device = await openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
  const standing = newCollectionId(random);
  await device.run({ type: 'createCollection', id: standing, draft: { name: 'Mine', type: 'other', currency: 'EUR' } });
  await device.run({ type: 'addFolder', collection: standing, draft: { id: 'F000000001' as never, name: 'My folder' } });
  const answer = await restoreArchive(
    { random, run: (command, id) => device.run(command, id), writeNotebook: async () => undefined },
    new Blob([bytes]),
    () => undefined,
  ).catch((error: unknown) => {
    if (error instanceof ArchiveError) return error;
    throw error;
  });
  const [collections, folders] = await device.store.read(['collections', 'folders'], (tx) =>
    Promise.all([tx.range('collections', {}), tx.range('folders', {})]),
  );
  await device[Symbol.asyncDispose]();
  return { answer, names: [...collections, ...folders].map(({ name }) => name).sort() };
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
