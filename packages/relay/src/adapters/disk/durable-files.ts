// Files that are whole or not there, and last once their promise has resolved.
import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Puts a file in the place of another, whole or not at all. */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeDraft(draft, content);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** A file's content; undefined when there is none. */
export const readIfThere = async (path: string): Promise<Uint8Array | undefined> =>
  orNothing(readFile(path).then((bytes) => new Uint8Array(bytes)));

/** The names in a folder; none when there is no such folder. */
export const namesIn = async (folder: string): Promise<readonly string[]> => (await orNothing(readdir(folder))) ?? [];

/** What a read of something that may be missing gives; undefined when it is. */
export async function orNothing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all; when it exists already the other's content stays. */
export async function writeOnce(path: string, content: Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeDraft(draft, content);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Writes a file that only its owner can read, durable but for its name. */
export async function writeDraft(path: string, content: Uint8Array): Promise<void> {
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
