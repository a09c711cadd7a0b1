import { newCollectionId } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { blobName, type BlobName } from '../ports/blob-store.ts';
import { createMemoryBlobStore } from './memory/blob-store.ts';
import { createMemoryKeyStore } from './memory/key-store.ts';
import { createKeyRing } from './postgres/seal.ts';
import { createSealedBlobs } from './sealed-blobs.ts';
import { systemClock, systemRandom } from './system-clock.ts';

const mebibyte = 1024 * 1024;

async function scene() {
  const keys = createMemoryKeyStore();
  const [collection, other] = [newCollectionId(systemRandom), newCollectionId(systemRandom)];
  await keys.make(collection);
  await keys.make(other);
  const store = createMemoryBlobStore({ clock: systemClock });
  const sealed = createSealedBlobs(store, createKeyRing(keys));
  const name = (...parts: readonly string[]): BlobName => blobName(collection, ...parts);
  return { store, sealed, name, other };
}

describe('sealed blobs', () => {
  it('[PH39] what was put is read back, whole and in any part, and the store sees none of it', async () => {
    const { store, sealed, name } = await scene();
    for (const length of [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 2 * mebibyte + 5]) {
      const bytes = new Uint8Array(length).map((_, at) => (at >> 8) + at);
      await sealed.put(name('x', 'file'), bytes);

      expect(Buffer.from((await sealed.get(name('x', 'file'))) ?? []).equals(bytes)).toBe(true);
      for (const [start, end] of [
        [0, 10],
        [mebibyte - 3, mebibyte + 3],
        [length - 2, length],
      ] as const) {
        if (start < 0 || start >= length) continue;
        const part = await sealed.get(name('x', 'file'), { start, end });
        expect(Buffer.from(part ?? []).equals(bytes.subarray(start, end)), `${start}-${end} of ${length}`).toBe(true);
      }
      const kept = Buffer.from((await store.get(name('x', 'file'))) ?? []);
      expect(kept.length).toBe(length + 29 * Math.max(1, Math.ceil(length / mebibyte)));
      if (length > 100) expect(kept.includes(Buffer.from(bytes.subarray(0, 50)))).toBe(false);
    }
    expect(await sealed.get(name('y', 'file'))).toBeUndefined();
  });

  it('[PH39] bytes of another name, another collection or another place in the file are never served', async () => {
    const { store, sealed, name, other } = await scene();
    const bytes = systemRandom.bytes(2 * mebibyte);
    await sealed.put(name('x', 'full'), bytes);
    const kept = (await store.get(name('x', 'full'))) ?? new Uint8Array();
    const slice = mebibyte + 29;
    await store.put(name('y', 'full'), kept);
    await store.put(blobName(other, 'x', 'full'), kept);
    await store.put(name('x', 'full'), Buffer.concat([kept.subarray(slice), kept.subarray(0, slice)]));
    const broken = { code: 'seal-broken' };

    await expect(sealed.get(name('y', 'full'))).rejects.toMatchObject(broken);
    await expect(sealed.get(blobName(other, 'x', 'full'))).rejects.toMatchObject(broken);
    await expect(sealed.get(name('x', 'full'))).rejects.toMatchObject(broken);
    await expect(sealed.get(name('x', 'full'), { start: 5, end: 9 })).rejects.toMatchObject(broken);
  });
});
