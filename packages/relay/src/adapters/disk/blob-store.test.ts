import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { blobStoreContract, wholeBlobContract } from '../../contracts/blob-store.ts';
import { blobName, blobPrefix, BlobStoreUnavailable, type BlobName, type BlobStore } from '../../ports/blob-store.ts';
import { createDiskBlobStore } from './blob-store.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw blobs '));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []));

describe('disk blob store', () => {
  const open = async (): Promise<readonly [BlobStore, BlobStore]> => {
    const folder = join(newFolder(), 'blobs');
    return [createDiskBlobStore({ folder }), createDiskBlobStore({ folder })];
  };
  blobStoreContract(open);
  wholeBlobContract(open);

  it('[BS13] a disk that fails is told as a store that cannot be used, without the names of files', async () => {
    const folder = join(newFolder(), 'blobs');
    writeFileSync(folder, 'a file where the folder should be');
    const store = createDiskBlobStore({ folder });

    for (const asked of [
      () => store.put(blobName('c', 'h', '150'), new Uint8Array([1])),
      () => store.get(blobName('c', 'h', '150')),
      () => store.delete(blobName('c', 'h', '150')),
      () => store.deleteAll(blobPrefix('c')),
    ]) {
      const error = await asked().then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toBeInstanceOf(BlobStoreUnavailable);
      expect(String(error)).toMatch(/failed with ENOTDIR/);
      expect(String(error)).not.toContain(folder);
    }
  });

  it('[BS4] deleting the last blob of a hash, and with it its folder, never costs one that is put there at the same moment', async () => {
    const [one, two] = await open();
    for (let round = 0; round < 10; round += 1) {
      await one.put(blobName('c', 'h', '150'), new Uint8Array([1]));
      await Promise.all([one.delete(blobName('c', 'h', '150')), two.put(blobName('c', 'h', '300'), new Uint8Array([round]))]);
      expect(await one.get(blobName('c', 'h', '300'))).toEqual(new Uint8Array([round]));
      await two.delete(blobName('c', 'h', '300'));
    }
  });

  it('[BS5] refuses a name that leaves its folder, however it got there', async () => {
    const folder = join(newFolder(), 'blobs');
    const store = createDiskBlobStore({ folder });
    for (const wrong of ['../outside', '.drafts/x', 'a/../../b', '/etc/passwd', 'a\0b'] as unknown as BlobName[]) {
      await expect(store.put(wrong, new Uint8Array([1]))).rejects.toThrow('cannot name a blob');
      await expect(store.get(wrong)).rejects.toThrow('cannot name a blob');
      await expect(store.delete(wrong)).rejects.toThrow('cannot name a blob');
      await expect(store.deleteAll(`${wrong}/`)).rejects.toThrow('cannot name a blob');
    }
  });

  it('[BS6] keeps files only their owner can read, leaves no draft and no empty folder, and forgets drafts of a crash', async () => {
    const folder = join(newFolder(), 'blobs');
    const store = createDiskBlobStore({ folder });
    await store.put(blobName('c', 'h', 'full'), new Uint8Array(10));
    const [path = ''] = filesIn(folder);
    expect(filesIn(folder)).toHaveLength(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const crashed = ['old', 'new'].map((name) => join(folder, '.drafts', name));
    for (const draft of crashed) writeFileSync(draft, 'half a blo');
    utimesSync(crashed[0] ?? '', 1, 1);

    const later = createDiskBlobStore({ folder });
    await later.put(blobName('c', 'h', 'full'), new Uint8Array(11));
    await later.put(blobName('c', 'h2', 'full'), new Uint8Array(11));
    await later.delete(blobName('c', 'h2', 'full'));
    await later.deleteAll(blobPrefix('c'));

    expect(filesIn(folder)).toEqual([crashed[1]]);
    expect(readdirSync(folder)).toEqual(['.drafts']);
  });
});
