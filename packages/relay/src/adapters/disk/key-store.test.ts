import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newCollectionId } from '@cacaw/protocol';
import { keyStoreContract } from '../../contracts/key-store.ts';
import { systemRandom } from '../system-clock.ts';
import { createDiskKeyStore, secretFile } from './key-store.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw keys '));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const wrappingKey = systemRandom.bytes(32);

describe('disk key store', () =>
  keyStoreContract(async () => {
    const folder = join(newFolder(), 'keys');
    return [createDiskKeyStore({ folder, wrappingKey }), createDiskKeyStore({ folder, wrappingKey })];
  }));

describe('disk key store', () => {
  it('[K19] keeps keys wrapped, in files only their owner can read, useless without ENCRYPTION_KEY', async () => {
    const folder = newFolder();
    const id = newCollectionId(systemRandom);
    const key = await createDiskKeyStore({ folder, wrappingKey }).make(id);

    const [name = ''] = readdirSync(folder);
    const stored = readFileSync(join(folder, name));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(stored.includes(Buffer.from(key))).toBe(false);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await expect(createDiskKeyStore({ folder, wrappingKey: systemRandom.bytes(32) }).read(id)).rejects.toThrow('ENCRYPTION_KEY');
  });

  it('[H1] makes a missing secret once, with mode 0600, the same for all relays on the folder', async () => {
    const path = join(newFolder(), 'encryption-key');

    const secrets = await Promise.all([secretFile(path), secretFile(path), secretFile(path)]);

    expect(secrets[0]).toHaveLength(32);
    expect(secrets).toEqual([secrets[0], secrets[0], secrets[0]]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
