import { parseDocumentName, type AccountId, type CollectionId, type DocumentName } from '@cacaw/protocol';
import type { ArchivedCollection, ArchiveSource } from '../ports/archive-source.ts';
import type { ArchiveStep, BlobPart } from './archive-builder.ts';
import type { ArchiveThread } from './archive-thread.ts';

/** A file of an archive that is no collection. */
export interface ArchiveFile {
  readonly path: string;
  readonly text: string;
}

/** What one archive is made of. */
export interface ArchiveOrder {
  readonly account: AccountId;
  readonly source: ArchiveSource;
  readonly thread: Pick<ArchiveThread, 'take'>;
  readonly collections: readonly ArchivedCollection[];
  readonly files: readonly ArchiveFile[];
}

/**
 * The bytes of an archive as somebody asks for them: nothing is read ahead, so whoever reads slowly costs no memory. Items are
 * read once for the bundle and once for the CSV, because a zip holds one file after the other.
 */
export async function* writeArchive(order: ArchiveOrder): AsyncGenerator<Uint8Array> {
  const { thread } = order;
  for (const file of order.files) yield* await thread.take({ step: 'file', ...file });
  for (const collection of order.collections) yield* writeCollection(order, collection);
  yield* await thread.take({ step: 'finish' });
}

async function* writeCollection(order: ArchiveOrder, archived: ArchivedCollection): AsyncGenerator<Uint8Array> {
  const { account, source, thread } = order;
  const { collection } = archived;
  const names = await source.documents(account, collection);
  const named = (base: string): DocumentName | undefined => names.find((name) => parseDocumentName(name)?.base === base);
  const feed = (document: DocumentName | undefined): Promise<void> => feedDocument(order, archived, document);
  const take = (step: ArchiveStep): Promise<readonly Uint8Array[]> => thread.take(step);
  const [root, notebook] = [named('root'), named('free.notebook')];
  await feed(root);
  await feed(notebook);
  yield* await take({ step: 'collection', collection, root, notebook });
  const shards = names.filter((name) => parseDocumentName(name)?.kind === 'rows');
  const notes = new Map(names.map((name) => [parseDocumentName(name)?.base, name]));
  for (const what of ['bundle', 'csv'] as const) {
    yield* await take({ step: 'begin', what });
    for (const rows of shards) {
      const beside = notes.get(`notes.${rows.split('.')[1]}`);
      await feed(rows);
      await feed(beside);
      yield* await take({ step: 'items', rows, notes: beside });
    }
    yield* await take({ step: 'end' });
  }
  for (const document of names) {
    await feed(document);
    yield* await take({ step: 'document', document });
  }
  yield* writeBlobs(order, collection);
}

/** Photos and files, a piece at a time: whoever reads slowly keeps one piece of one of them in memory. */
async function* writeBlobs({ account, source, thread }: ArchiveOrder, collection: CollectionId): AsyncGenerator<Uint8Array> {
  const take = (part: BlobPart): Promise<readonly Uint8Array[]> => thread.take({ step: 'blob', part });
  for (const blob of await source.blobs(account, collection)) {
    yield* await take(blob);
    for await (const bytes of source.bytes(account, collection, blob)) yield* await take(bytes);
    yield* await take('end');
  }
  yield* await take('list');
}

async function feedDocument(
  { account, source, thread }: ArchiveOrder,
  archived: ArchivedCollection,
  document: DocumentName | undefined,
): Promise<void> {
  if (document === undefined) return;
  for await (const updates of source.updates(account, archived, document)) await thread.take({ step: 'feed', document, updates });
}
