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
    return [createDiskKeyStore({ folder, wrappingKeys: [wrappingKey] }), createDiskKeyStore({ folder, wrappingKeys: [wrappingKey] })];
  }));

describe('disk key store', () => {
  it('[K19] keeps keys wrapped, in files only their owner can read, useless without ENCRYPTION_KEY', async () => {
    const folder = newFolder();
    const id = newCollectionId(systemRandom);
    const key = await createDiskKeyStore({ folder, wrappingKeys: [wrappingKey] }).make(id);

    const [name = ''] = readdirSync(folder);
    const stored = readFileSync(join(folder, name));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(stored.includes(Buffer.from(key))).toBe(false);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await expect(createDiskKeyStore({ folder, wrappingKeys: [systemRandom.bytes(32)] }).read(id)).rejects.toThrow('ENCRYPTION_KEY');
  });

  it('[K29] replaces the wrapping key while relays work: old and new, new and old, then the new alone', async () => {
    const folder = newFolder();
    const newer = systemRandom.bytes(32);
    const ids = Array.from({ length: 5 }, () => newCollectionId(systemRandom));
    const old = createDiskKeyStore({ folder, wrappingKeys: [wrappingKey] });
    const keys = await Promise.all(ids.map((id) => old.make(id)));
    const both = createDiskKeyStore({ folder, wrappingKeys: [wrappingKey, newer] });
    const turned = createDiskKeyStore({ folder, wrappingKeys: [newer, wrappingKey] });

    const made = await turned.make(newCollectionId(systemRandom));
    const counts = await Promise.all([turned.rewrap(), turned.rewrap()]);

    expect(made).toHaveLength(32);
    expect(Math.max(...counts)).toBeGreaterThan(0);
    const alone = createDiskKeyStore({ folder, wrappingKeys: [newer] });
    expect(await Promise.all(ids.map((id) => alone.read(id)))).toEqual(keys);
    expect(await Promise.all(ids.map((id) => both.read(id)))).toEqual(keys);
    expect(await alone.rewrap()).toBe(0);
  });

  it('[K29] never brings back a key that is destroyed while it is wrapped anew', async () => {
    for (let round = 0; round < 20; round += 1) {
      const folder = newFolder();
      const newer = systemRandom.bytes(32);
      const id = newCollectionId(systemRandom);
      const key = await createDiskKeyStore({ folder, wrappingKeys: [wrappingKey] }).make(id);
      const turned = createDiskKeyStore({ folder, wrappingKeys: [newer, wrappingKey] });

      await Promise.all([turned.rewrap(), turned.destroy(id)]);
      await turned.rewrap();

      expect(await turned.read(id)).toBeUndefined();
      expect(key).toHaveLength(32);
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBe(0);
    }
  });

  it('[H1] makes a missing secret once, with mode 0600, the same for all relays on the folder', async () => {
    const path = join(newFolder(), 'encryption-key');

    const secrets = await Promise.all([secretFile(path), secretFile(path), secretFile(path)]);

    expect(secrets[0]).toHaveLength(32);
    expect(secrets).toEqual([secrets[0], secrets[0], secrets[0]]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
