import { createHash } from 'node:crypto';
import {
  createBundleWriter,
  createItemsCsv,
  growDocument,
  mergedUpdate,
  readNotebook,
  readRoot,
  readShard,
  type BundleWriter,
  type ItemsCsv,
} from '@cacaw/core/transfer';
import { parseDocumentName, type CollectionId, type DocumentName, type ShardId } from '@cacaw/protocol';
import type * as Y from 'yjs';
import { Zip, ZipDeflate, ZipPassThrough, type ZipInputFile } from 'fflate';
import type { ArchivedBlob } from '../ports/archive-source.ts';
import { ArchiveBlobs } from './archive-blobs.ts';

/** One step of building an archive; what it reads was fed before, document by document. */
export type ArchiveStep =
  /** A whole small file. */
  | { readonly step: 'file'; readonly path: string; readonly text: string }
  /** Updates of a document, in order; kept until the next step uses the document. */
  | { readonly step: 'feed'; readonly document: DocumentName; readonly updates: readonly Uint8Array[] }
  /** Reads root and notebook of the next collection. */
  | {
      readonly step: 'collection';
      readonly collection: CollectionId;
      readonly root: DocumentName | undefined;
      readonly notebook: DocumentName | undefined;
    }
  | { readonly step: 'begin'; readonly what: 'bundle' | 'csv' }
  /** Writes the items of one shard into what was begun. */
  | { readonly step: 'items'; readonly rows: DocumentName; readonly notes: DocumentName | undefined }
  | { readonly step: 'end' }
  /** Writes a document as it is. */
  | { readonly step: 'document'; readonly document: DocumentName }
  /** Photos and files, one after the other in pieces; then the list of them. */
  | { readonly step: 'blob'; readonly part: BlobPart }
  | { readonly step: 'finish' };

/** The beginning of a photo or file, a piece of it, its end; or the list of all. */
export type BlobPart = ArchivedBlob | Uint8Array | 'end' | 'list';

/** What is known before the first step. */
export interface ArchiveBegin {
  readonly exportedAt: number;
  readonly appVersion: string;
}

interface OpenCollection {
  readonly folder: string;
  readonly id: CollectionId;
  readonly content: ReturnType<typeof readRoot>;
  readonly notebook: ReturnType<typeof readNotebook>;
}

/** Writes a zip step by step; at any moment it holds what was fed for the next step, never a whole collection. */
export class ArchiveBuilder {
  readonly #zip: Zip;
  readonly #begin: ArchiveBegin;
  readonly #fed = new Map<DocumentName, Y.Doc>();
  #chunks: Uint8Array[] = [];
  #collection: OpenCollection | undefined;
  #entry: ZipDeflate | undefined;
  #bundle: BundleWriter | undefined;
  #csv: ItemsCsv | undefined;
  #blobs: ArchiveBlobs = new ArchiveBlobs('', (path) => this.#addStored(path));

  constructor(begin: ArchiveBegin) {
    this.#begin = begin;
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#chunks.push(chunk);
    });
  }

  /** Takes one step and returns the bytes of the zip that came of it. */
  take(step: ArchiveStep): readonly Uint8Array[] {
    this.#do(step);
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  #do(step: ArchiveStep): void {
    switch (step.step) {
      case 'file':
        return this.#writeWhole(step.path, Buffer.from(step.text));
      case 'feed':
        this.#fed.set(step.document, growDocument(this.#fed.get(step.document), step.updates));
        return;
      case 'collection':
        return this.#openCollection(step);
      case 'begin':
        return this.#beginFile(step.what);
      case 'items':
        return this.#writeItems(step);
      case 'end':
        return this.#endFile();
      case 'document':
        return this.#writeWhole(`${this.#open.folder}/documents/${step.document}.yjs`, mergedUpdate(this.#taken(step.document)));
      case 'blob':
        return this.#writeBlob(step.part);
      case 'finish':
        return this.#zip.end();
    }
  }

  #writeBlob(part: BlobPart): void {
    if (part === 'end') this.#blobs.end();
    else if (part === 'list') this.#writeWhole(`${this.#open.folder}/photos-and-files.json`, Buffer.from(this.#blobs.manifest()));
    else if (part instanceof Uint8Array) this.#blobs.push(part);
    else this.#blobs.begin(part);
  }

  get #open(): OpenCollection {
    if (this.#collection === undefined) throw new Error('No collection was begun in this archive.');
    return this.#collection;
  }

  #openCollection({ collection, root, notebook }: Extract<ArchiveStep, { readonly step: 'collection' }>): void {
    const content = readRoot(collection, this.#taken(root));
    const folder = folderName(content.collection.name, collection);
    this.#blobs = new ArchiveBlobs(`collections/${folder}`, (path) => this.#addStored(path));
    this.#collection = { id: collection, folder: `collections/${folder}`, content, notebook: readNotebook(this.#taken(notebook)) };
  }

  #beginFile(what: 'bundle' | 'csv'): void {
    const { folder, content, notebook } = this.#open;
    this.#entry = this.#addEntry(`${folder}/${what === 'bundle' ? 'collection.json' : 'items.csv'}`);
    const hash = createHash('sha256');
    this.#bundle =
      what === 'bundle' ? createBundleWriter({ update: (text) => hash.update(text), digest: () => hash.digest('hex') }) : undefined;
    this.#csv = what === 'csv' ? createItemsCsv(content.folders, content.collection.fields) : undefined;
    const { exportedAt, appVersion } = this.#begin;
    this.#write(this.#bundle?.begin({ ...content, notebook, exportedAt: new Date(exportedAt), appVersion }) ?? this.#csv?.begin() ?? '');
  }

  #writeItems({ rows, notes }: Extract<ArchiveStep, { readonly step: 'items' }>): void {
    const name = parseDocumentName(rows);
    if (name?.kind !== 'rows') throw new Error(`${rows} holds no items.`);
    const documents = { rows: this.#taken(rows), notes: this.#taken(notes) };
    const items = readShard(this.#open.id, name.shard as ShardId, documents);
    this.#blobs.name(items.flatMap(({ files }) => files));
    this.#write(this.#bundle?.items(items) ?? this.#csv?.items(items) ?? '');
  }

  #endFile(): void {
    this.#write(this.#bundle?.end() ?? '');
    this.#entry?.push(new Uint8Array(0), true);
    this.#entry = undefined;
  }

  #write(text: string): void {
    if (text !== '') this.#entry?.push(Buffer.from(text));
  }

  #writeWhole(path: string, bytes: Uint8Array): void {
    this.#addEntry(path).push(bytes, true);
  }

  #addEntry(path: string): ZipDeflate {
    const entry = new ZipDeflate(path, { level: 6 });
    entry.mtime = new Date(this.#begin.exportedAt);
    this.#zip.add(entry as ZipInputFile);
    return entry;
  }

  /** Pictures are as small as they get. */
  #addStored(path: string): ZipPassThrough {
    const entry = new ZipPassThrough(path);
    entry.mtime = new Date(this.#begin.exportedAt);
    this.#zip.add(entry as ZipInputFile);
    return entry;
  }

  #taken(document: DocumentName | undefined): Y.Doc {
    const fed = document === undefined ? undefined : this.#fed.get(document);
    if (document !== undefined) this.#fed.delete(document);
    return fed ?? growDocument(undefined, []);
  }
}

const longestName = 60;

/** A name every file system takes; the end of the id tells collections of one name apart. */
function folderName(name: string, collection: CollectionId): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} _-]+/gu, '-')
    .trim()
    .slice(0, longestName)
    .toWellFormed();
  return `${safe === '' ? 'collection' : safe}-${collection.slice(0, 8)}`;
}
