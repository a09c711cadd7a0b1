import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyId, KeyStore } from '../../ports/key-store.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Keys in one file each under `folder`, wrapped by the relay's `wrappingKey`; several relays may share the folder. */
export function createDiskKeyStore(options: { readonly folder: string; readonly wrappingKey: Uint8Array }): KeyStore {
  return new DiskKeyStore(options.folder, options.wrappingKey);
}

/** Reads the secret in `path`, made and made durable on first use by whoever is first; only its owner can read it. */
export async function secretFile(path: string): Promise<Uint8Array> {
  const found = await readIfThere(path);
  if (found !== undefined) return found;
  await writeOnce(path, randomBytes(keyBytes));
  return new Uint8Array(await readFile(path));
}

class DiskKeyStore implements KeyStore {
  readonly #folder: string;
  readonly #wrappingKey: Uint8Array;

  constructor(folder: string, wrappingKey: Uint8Array) {
    this.#folder = folder;
    this.#wrappingKey = wrappingKey;
  }

  async make(id: KeyId): Promise<Uint8Array> {
    const found = await this.read(id);
    if (found !== undefined) return found;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeOnce(this.#path(id), this.#wrap(id, randomBytes(keyBytes)));
    const made = await this.read(id);
    if (made === undefined) throw new Error(`The key of ${id} was destroyed; it cannot be made again.`);
    return made;
  }

  async read(id: KeyId): Promise<Uint8Array | undefined> {
    const wrapped = await readIfThere(this.#path(id));
    return wrapped === undefined || wrapped.length === 0 ? undefined : this.#unwrap(id, wrapped);
  }

  async destroy(id: KeyId): Promise<void> {
    // An empty file stays: the key must not be made again by a relay that missed the erasure.
    const path = this.#path(id);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeDraft(`${path}.destroyed`, new Uint8Array(0));
    await rename(`${path}.destroyed`, path);
    await syncFolder(this.#folder);
  }

  /** Hexadecimal, because ids differ in case and some file systems do not. */
  #path(id: KeyId): string {
    return join(this.#folder, Buffer.from(id).toString('hex'));
  }

  #wrap(id: KeyId, key: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#wrappingKey, nonce).setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  #unwrap(id: KeyId, wrapped: Uint8Array): Uint8Array {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#wrappingKey, wrapped.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(id)).setAuthTag(wrapped.subarray(wrapped.length - tagBytes));
      return new Uint8Array(Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, wrapped.length - tagBytes)), decipher.final()]));
    } catch (error) {
      throw new Error(`The key of ${id} cannot be unwrapped. ENCRYPTION_KEY is not the one it was wrapped with.`, {
        cause: error,
      });
    }
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all; when it exists already the other's content stays. */
async function writeOnce(path: string, content: Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeDraft(draft, content);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(join(path, '..'));
}

async function writeDraft(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes what was created in a folder last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
