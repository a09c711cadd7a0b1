import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  BlobStoreUnavailable,
  isBlobName,
  type BlobEntry,
  type BlobName,
  type BlobPrefix,
  type BlobRange,
  type BlobStore,
} from '../../ports/blob-store.ts';
import { namesIn, orNothing, readIfThere, syncFolder, writeDraft } from './durable-files.ts';

/** Blobs as one file each under `folder`, which several relays may share. */
export function createDiskBlobStore({ folder }: { readonly folder: string }): BlobStore {
  const files = new Files(folder);
  return {
    put: (name, bytes) => orUnavailable(files.put(name, bytes)),
    get: (name, range) => orUnavailable(files.get(name, range)),
    delete: (name) => orUnavailable(files.delete(name)),
    deleteAll: (prefix) => orUnavailable(files.deleteAll(prefix)),
    list: (prefix) => files.list(prefix),
  };
}

/** What a disk says that is full, read-only, failing or not there; its own words name files, which are nobody's business. */
async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new BlobStoreUnavailable(`The folder of photos cannot be used: ${syscall} failed with ${String(code)}. BLOB_URL names it.`);
  }
}

/** No name begins with a dot, so nobody can ask for what lies here. */
const draftFolder = '.drafts';
const draftLifeMs = 24 * 60 * 60_000;
/** A folder made for a file can be removed by who has just emptied it. */
const attempts = 20;

class Files implements BlobStore {
  readonly #folder: string;
  #isSwept = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: BlobName, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    const draft = join(this.#folder, draftFolder, randomBytes(16).toString('hex'));
    await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
    await this.#sweepDrafts();
    try {
      await writeDraft(draft, bytes);
      await moveInto(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    // Up to the root: the folders may be new, and whoever made them may not have made them last yet.
    for (let folder = dirname(path); folder.length >= this.#folder.length; folder = dirname(folder)) await orNothing(syncFolder(folder));
  }

  async get(name: BlobName, range?: BlobRange): Promise<Uint8Array | undefined> {
    const path = this.#path(name);
    if ((await orNothing(stat(path)))?.isFile() !== true) return undefined;
    return range === undefined ? readIfThere(path) : orNothing(readRange(path, range));
  }

  async delete(name: BlobName): Promise<void> {
    const path = this.#path(name);
    await rm(path, { force: true });
    await orNothing(syncFolder(dirname(path)));
    await this.#removeEmpty(dirname(path));
  }

  async deleteAll(prefix: Exclude<BlobPrefix, ''>): Promise<void> {
    const path = this.#path(prefix.slice(0, -1));
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
    await orNothing(syncFolder(dirname(path)));
    await this.#removeEmpty(dirname(path));
  }

  async *list(prefix: BlobPrefix): AsyncIterable<BlobEntry> {
    yield* this.#listUnder(prefix.split('/').filter((one) => one !== ''));
  }

  async *#listUnder(parts: readonly string[]): AsyncIterable<BlobEntry> {
    const folder = parts.length === 0 ? this.#folder : this.#path(parts.join('/'));
    for (const file of await namesIn(folder)) {
      const name = [...parts, plain(file)].join('/');
      if (!isBlobName(name)) continue;
      const found = await orNothing(stat(join(folder, file)));
      if (found?.isDirectory() === true) yield* this.#listUnder([...parts, plain(file)]);
      else if (found !== undefined) yield { name, bytes: found.size, at: found.mtimeMs };
    }
  }

  /** What puts have left that died; once in the life of a relay, because there are hardly ever any. */
  async #sweepDrafts(): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    const folder = join(this.#folder, draftFolder);
    for (const file of await namesIn(folder)) {
      const found = await orNothing(stat(join(folder, file)));
      if (found !== undefined && found.mtimeMs < Date.now() - draftLifeMs) await rm(join(folder, file), { force: true });
    }
  }

  async #removeEmpty(from: string): Promise<void> {
    for (let folder = from; folder.length > this.#folder.length; folder = dirname(folder)) {
      if (!(await isRemoved(folder))) return;
    }
  }

  #path(name: string): string {
    if (!isBlobName(name)) throw new Error(`"${name}" cannot name a blob.`);
    return join(this.#folder, ...name.split('/').map(caseless));
  }
}

async function moveInto(draft: string, path: string): Promise<void> {
  for (let left = attempts; ; left -= 1) {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return await rename(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || left === 0) throw error;
    }
  }
}

async function readRange(path: string, { start, end }: BlobRange): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const length = Math.max(0, Math.min(end, (await file.stat()).size) - start);
    const bytes = new Uint8Array(length);
    const { bytesRead } = await file.read(bytes, 0, length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** True when an empty folder is gone; one that holds something stays. */
async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** Names differ in case and some file systems do not; no name has a `+`. */
const caseless = (part: string): string => part.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
const plain = (file: string): string => file.replace(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
