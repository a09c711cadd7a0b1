import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyId, KeyStore } from '../../ports/key-store.ts';
import { namesIn, readIfThere, replaceFile, syncFolder, writeDraft, writeOnce } from './durable-files.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Keys on disk, and what only a disk needs: wrapping them under a newer key. */
export interface DiskKeys extends KeyStore {
  /**
   * Wraps under the first wrapping key what still lies under another; returns how many. A key destroyed meanwhile stays
   * destroyed. Relays on the same folder may run it at the same time.
   */
  rewrap(): Promise<number>;
}

/**
 * Keys in one file each under `folder`; several relays may share it. The first of `wrappingKeys` wraps, all of them unwrap, so
 * that a key can be replaced while relays work: old,new everywhere, then new,old, then new.
 */
export function createDiskKeyStore(options: { readonly folder: string; readonly wrappingKeys: readonly Uint8Array[] }): DiskKeys {
  const [first, ...others] = options.wrappingKeys;
  if (first === undefined) throw new Error('A key store needs a key to wrap with.');
  return new WrappedFiles(options.folder, [first, ...others]);
}

/** Reads the secret in `path`, made and made durable on first use by whoever is first; only its owner can read it. */
export async function secretFile(path: string): Promise<Uint8Array> {
  const found = await readIfThere(path);
  if (found !== undefined) return found;
  await writeOnce(path, randomBytes(keyBytes));
  return new Uint8Array(await readFile(path));
}

class WrappedFiles implements DiskKeys {
  readonly #folder: string;
  readonly #wrappingKeys: readonly [Uint8Array, ...Uint8Array[]];

  constructor(folder: string, wrappingKeys: readonly [Uint8Array, ...Uint8Array[]]) {
    this.#folder = folder;
    this.#wrappingKeys = wrappingKeys;
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
    if (wrapped === undefined || wrapped.length === 0 || (await this.#isDestroyed(id))) return undefined;
    return this.#unwrap(id, wrapped).key;
  }

  async destroy(id: KeyId): Promise<void> {
    // Every start destroys again what the ledger names: that costs no write once it is done.
    if ((await this.#isDestroyed(id)) && (await readIfThere(this.#path(id)))?.length === 0) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // The mark first: from now on nobody reads the key or wraps it anew, however far the rest comes.
    await writeDraft(this.#markPath(id), new Uint8Array(0));
    await syncFolder(this.#folder);
    await this.#empty(id);
  }

  async rewrap(): Promise<number> {
    let count = 0;
    for (const name of (await namesIn(this.#folder)).filter((one) => /^(?:[0-9a-f]{2})+$/.test(one)))
      count += (await this.#rewrapOne(Buffer.from(name, 'hex').toString() as KeyId)) ? 1 : 0;
    return count;
  }

  async #rewrapOne(id: KeyId): Promise<boolean> {
    const wrapped = await readIfThere(this.#path(id));
    if (wrapped === undefined || wrapped.length === 0) return false;
    if (await this.#isDestroyed(id)) {
      await this.#empty(id);
      return false;
    }
    const { key, isNewest } = this.#unwrap(id, wrapped);
    if (isNewest) return false;
    await replaceFile(this.#path(id), this.#wrap(id, key));
    // Destroyed while it was wrapped anew: what was just written goes too.
    if (await this.#isDestroyed(id)) await this.#empty(id);
    return true;
  }

  /** An empty file stays: the key must not be made again by a relay that missed the erasure. */
  async #empty(id: KeyId): Promise<void> {
    await replaceFile(this.#path(id), new Uint8Array(0));
  }

  async #isDestroyed(id: KeyId): Promise<boolean> {
    return (await readIfThere(this.#markPath(id))) !== undefined;
  }

  /** Hexadecimal, because ids differ in case and some file systems do not. */
  #path(id: KeyId): string {
    return join(this.#folder, Buffer.from(id).toString('hex'));
  }

  #markPath(id: KeyId): string {
    return `${this.#path(id)}.destroyed`;
  }

  #wrap(id: KeyId, key: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#wrappingKeys[0], nonce).setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  #unwrap(id: KeyId, wrapped: Uint8Array): { readonly key: Uint8Array; readonly isNewest: boolean } {
    const causes: unknown[] = [];
    for (const [index, wrappingKey] of this.#wrappingKeys.entries()) {
      try {
        return { key: unwrapWith(wrappingKey, id, wrapped), isNewest: index === 0 };
      } catch (error) {
        causes.push(error);
      }
    }
    throw new Error(`The key of ${id} cannot be unwrapped. ENCRYPTION_KEY does not name the key it was wrapped with.`, { cause: causes });
  }
}

function unwrapWith(wrappingKey: Uint8Array, id: KeyId, wrapped: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(id)).setAuthTag(wrapped.subarray(wrapped.length - tagBytes));
  return new Uint8Array(Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, wrapped.length - tagBytes)), decipher.final()]));
}
