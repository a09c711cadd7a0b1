import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blobName, blobPrefix, isBlobName, type BlobPrefix, type BlobStore } from '../ports/blob-store.ts';
import { seededRandom } from './log-fixture.ts';

/** Everything a store holds under a prefix, sorted. */
export async function namesUnder(store: BlobStore, prefix: BlobPrefix): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(prefix)) names.push(name);
  return names.sort();
}

/** Names that begin alike without being parts of one another. */
const names = [
  blobName('a', 'h', 'full'),
  blobName('a', 'h', '300'),
  blobName('a', 'h2', '300'),
  blobName('ab', 'h', 'full'),
  blobName('A', 'h', 'x'),
];

/** What every blob store must promise; `open` gives two relays' views of one empty store. See also {@link wholeBlobContract}. */
export function blobStoreContract(open: () => Promise<readonly [BlobStore, BlobStore]>): void {
  const random = seededRandom('blob store contract');

  it('[BS1] gives every relay the bytes that were put, whole or a range of them, and nothing for a name without any', async () => {
    const [one, two] = await open();
    const [name, empty] = [blobName('Collection', 'ab12', 'full'), blobName('Collection', 'ab12', 'empty')];
    const bytes = random.bytes(300_000);

    await one.put(name, bytes);
    await one.put(empty, new Uint8Array());

    for (const store of [one, two]) {
      expect(Buffer.compare((await store.get(name)) ?? new Uint8Array(), bytes)).toBe(0);
      expect(await store.get(name, { start: 10, end: 20 })).toEqual(bytes.slice(10, 20));
      expect(await store.get(name, { start: 299_990, end: 999_999 })).toEqual(bytes.slice(299_990));
      expect(await store.get(name, { start: 400_000, end: 400_001 })).toEqual(new Uint8Array());
      expect(await store.get(name, { start: 5, end: 5 })).toEqual(new Uint8Array());
      expect(await store.get(empty)).toEqual(new Uint8Array());
      expect(await store.get(blobName('Collection', 'ab12', '300'))).toBeUndefined();
      expect(await store.get(blobName('Collection', 'ab12', '300'), { start: 0, end: 1 })).toBeUndefined();
      expect(await store.get(blobName('Collection', 'ab12'))).toBeUndefined();
    }
  });

  it('[BS3] lists what lies under whole parts of a name, with sizes and moments', async () => {
    const [one, two] = await open();
    for (const [index, name] of names.entries()) await one.put(name, random.bytes(index));

    expect(await namesUnder(two, '')).toEqual([...names].sort());
    expect(await namesUnder(two, blobPrefix('a'))).toEqual(['a/h/300', 'a/h/full', 'a/h2/300']);
    expect(await namesUnder(two, blobPrefix('a', 'h'))).toEqual(['a/h/300', 'a/h/full']);
    expect(await namesUnder(two, blobPrefix('nothing'))).toEqual([]);
    const entries = [];
    for await (const entry of two.list(blobPrefix('a', 'h2'))) entries.push(entry);
    expect(entries).toEqual([{ name: 'a/h2/300', bytes: 2, at: expect.any(Number) }]);
    expect(Math.abs((entries[0]?.at ?? 0) - new Date().getTime())).toBeLessThan(60 * 60_000);
  });

  it('[BS4] what was deleted is read by nobody, and nothing else is', async () => {
    const [one, two] = await open();
    for (const name of names) await one.put(name, random.bytes(5));

    await one.delete(blobName('a', 'h', 'full'));
    await one.delete(blobName('a', 'h', 'full'));
    expect(await two.get(blobName('a', 'h', 'full'))).toBeUndefined();
    expect(await namesUnder(two, '')).toEqual(['A/h/x', 'a/h/300', 'a/h2/300', 'ab/h/full']);

    await two.deleteAll(blobPrefix('a'));
    await two.deleteAll(blobPrefix('a'));
    expect(await namesUnder(one, '')).toEqual(['A/h/x', 'ab/h/full']);
    await one.put(blobName('a', 'h', 'full'), new Uint8Array([7]));
    expect(await two.get(blobName('a', 'h', 'full'))).toEqual(new Uint8Array([7]));
  });
}

/** A put is whole or not there; apart from the rest, because a stand-in for a bucket may write in place where the real one does not. */
export function wholeBlobContract(open: () => Promise<readonly [BlobStore, BlobStore]>): void {
  const random = seededRandom('whole blobs');

  it('[BS2] a name has the bytes of one put, whole, however many write it at once', async () => {
    const [one, two] = await open();
    const name = blobName('c', 'h', 'full');
    const versions = Array.from({ length: 8 }, () => random.bytes(50_000));

    await Promise.all([
      ...versions.map((bytes, index) => (index % 2 === 0 ? one : two).put(name, bytes)),
      ...versions.map(async () => expect([undefined, 50_000]).toContain((await two.get(name))?.length)),
    ]);

    const kept = await one.get(name);
    expect(versions.filter((bytes) => Buffer.compare(bytes, kept ?? new Uint8Array()) === 0)).toHaveLength(1);
    await two.put(name, new Uint8Array([1]));
    expect(await one.get(name)).toEqual(new Uint8Array([1]));
    expect(await namesUnder(one, '')).toEqual([name]);
  });
}

/** What no name may hold, whatever keeps it. */
export function blobNameContract(): void {
  it('[BS5] no name leaves the store', () => {
    for (const wrong of [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '..',
      'a/../b',
      './a',
      'a/.b',
      'a\\b',
      'C:',
      'a\0',
      'ä',
      'a b',
      'a%2e',
      'x'.repeat(101),
      'a/b/c/d/e/f/g/h/i',
      '-\n',
    ])
      expect(() => blobName(wrong), JSON.stringify(wrong)).toThrow('cannot name a blob');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', 'a', '~', '\0', ' '), maxLength: 12 }), (text) => {
        if (!isBlobName(text)) return;
        expect(new URL(`file:///store/${text}`).pathname).toBe(`/store/${text}`);
        expect(text.split('/').every((one) => one !== '' && !one.startsWith('.'))).toBe(true);
      }),
    );
  });
}
