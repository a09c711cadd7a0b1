import { createHash, type Hash } from 'node:crypto';
import type { BlobHash } from '@cacaw/protocol';
import type { ArchivedBlob } from '../ports/archive-source.ts';

/** A file of a zip that takes its bytes in pieces. */
export interface OpenEntry {
  push(bytes: Uint8Array, isLast?: boolean): void;
}

/** A line of the list: where it lies, what of it is there, and by which name devices know it. */
interface Listed {
  readonly path: string;
  readonly use: ArchivedBlob['use'];
  readonly hash: BlobHash;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface Writing {
  readonly blob: ArchivedBlob;
  readonly path: string;
  readonly entry: OpenEntry;
  readonly sha256: Hash;
  bytes: number;
}

/** Writes the photos and files of one collection, and counts them. */
export class ArchiveBlobs {
  readonly #folder: string;
  readonly #add: (path: string) => OpenEntry;
  readonly #names = new Map<BlobHash, string>();
  readonly #listed: Listed[] = [];
  #open: Writing | undefined;

  constructor(folder: string, add: (path: string) => OpenEntry) {
    this.#folder = folder;
    this.#add = add;
  }

  /** What items call their files. */
  name(files: readonly { readonly hash: BlobHash; readonly name: string }[]): void {
    for (const { hash, name } of files) this.#names.set(hash, name);
  }

  begin(blob: ArchivedBlob): void {
    const path = blob.use === 'photo' ? `photos/${blob.hash}.webp` : `files/${blob.hash}/${this.#fileName(blob)}`;
    this.#open = { blob, path, entry: this.#add(`${this.#folder}/${path}`), sha256: createHash('sha256'), bytes: 0 };
  }

  push(bytes: Uint8Array): void {
    const open = this.#opened();
    open.sha256.update(bytes);
    open.bytes += bytes.length;
    open.entry.push(bytes);
  }

  end(): void {
    const { blob, path, entry, sha256, bytes } = this.#opened();
    entry.push(new Uint8Array(0), true);
    this.#open = undefined;
    this.#listed.push({ path, use: blob.use, hash: blob.hash, mediaType: blob.mediaType, bytes, sha256: sha256.digest('hex') });
  }

  /** The list: everything that was written, with how much it is and what it must hash to. */
  manifest(): string {
    const count = (use: ArchivedBlob['use']): number => this.#listed.filter((one) => one.use === use).length;
    const bytes = this.#listed.reduce((sum, one) => sum + one.bytes, 0);
    return `${JSON.stringify({ photos: count('photo'), files: count('file'), bytes, list: this.#listed }, undefined, 2)}\n`;
  }

  #opened(): Writing {
    if (this.#open === undefined) throw new Error('No photo or file was begun in this archive.');
    return this.#open;
  }

  /** What an item calls it, as every file system takes it. */
  #fileName({ hash, mediaType }: ArchivedBlob): string {
    const safe = (this.#names.get(hash) ?? '')
      // oxlint-disable-next-line no-control-regex -- no file system takes them
      .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')
      .replace(/^[. ]+|[. ]+$/g, '')
      .slice(0, 100)
      .toWellFormed();
    return safe === '' ? `file.${extensions[mediaType] ?? 'bin'}` : safe;
  }
}

const extensions: { readonly [mediaType: string]: string } = {
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'text/plain; charset=utf-8': 'txt',
};
