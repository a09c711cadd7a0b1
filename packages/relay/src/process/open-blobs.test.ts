import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { blobName, BlobStoreUnavailable } from '../ports/blob-store.ts';
import { openBlobStore } from './open-blobs.ts';

it('[H9] opens the store BLOB_URL names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw open '));
  const openedAt = (url: string): ReturnType<typeof openBlobStore> =>
    openBlobStore(readConfig({ DATABASE_URL: 'postgres://localhost/cacaw', BLOB_URL: url }).blobs);
  try {
    await openedAt(pathToFileURL(folder).href).put(blobName('a', 'b'), new Uint8Array([1]));
    expect(await openedAt(pathToFileURL(folder).href).get(blobName('a', 'b'))).toEqual(new Uint8Array([1]));
    await expect(openedAt('s3://id:secret@127.0.0.1:1/bucket?tls=no').get(blobName('a', 'b'))).rejects.toThrow(BlobStoreUnavailable);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
