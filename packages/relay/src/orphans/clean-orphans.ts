import type { Clock, CollectionId } from '@cacaw/protocol';
import { blobPrefix, type BlobStore } from '../ports/blob-store.ts';
import { blobKeyText, type BlobKey, type BlobMarks, type MarkedBlob } from '../ports/blob-marks.ts';
import type { UpdateLog } from '../ports/update-log.ts';
import { blobFileOf, isLeftOver, type BlobFile } from './blob-files.ts';
import { readCollectionReferences, type CollectionReferences, type ReadReferences } from './reference-reader.ts';

/** What cleaning stands on. */
export interface CleaningPorts {
  readonly marks: BlobMarks;
  readonly store: Pick<BlobStore, 'list' | 'delete' | 'deleteAll'>;
  readonly log: Pick<UpdateLog, 'state' | 'documents' | 'document'>;
  /** In a thread of its own where documents are large. */
  readonly read: ReadReferences;
  readonly clock: Pick<Clock, 'now'>;
  /** Says that this relay is closing: the next run goes on. */
  readonly signal: AbortSignal;
}

/** What a run did. */
export interface CleaningReport {
  readonly marked: number;
  readonly unmarked: number;
  readonly removed: number;
  /** Files without a row. */
  readonly swept: number;
  /** Collections in the store that the database has never heard of; they are left alone. */
  readonly unknown: number;
}

const dayMs = 24 * 60 * 60_000;
/**
 * A blob that no document has ever named may be ahead of the edit it belongs to. Whatever was named once, and is not any more, is
 * not spared.
 */
const aheadMs = 7 * dayMs;
const pageSize = 100;

/**
 * Removes the blobs that nothing refers to, in two phases: what nothing refers to is marked; a day later, when still nothing does
 * and nobody has asked for it, its row goes under the collection's lock, then its bytes. Then files that no row accounts for.
 */
export async function cleanOrphans(ports: CleaningPorts): Promise<CleaningReport> {
  const report = { marked: 0, unmarked: 0, removed: 0, swept: 0, unknown: 0 };
  const add = (more: Partial<CleaningReport>): void => {
    for (const [name, count] of Object.entries(more)) report[name as keyof CleaningReport] += count;
  };
  let after = '';
  for (;;) {
    const page = await ports.marks.collections(after, pageSize);
    for (const collection of page) add(await cleanCollection(ports, collection));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    after = last;
  }
  add(await sweepFiles(ports));
  return report;
}

async function cleanCollection(ports: CleaningPorts, collection: CollectionId): Promise<Partial<CleaningReport>> {
  const { marks, clock } = ports;
  ports.signal.throwIfAborted();
  const now = clock.now();
  // Before the references: a blob that comes later is none of this run's.
  const blobs = await marks.blobs(collection);
  const references = await readCollectionReferences(collection, { ...ports, nowMs: now });
  if (references === undefined) return {};
  const isNeeded = (blob: BlobKey): boolean => references.needed.has(blobKeyText(blob));
  const back = blobs.filter((blob) => blob.markedAt !== undefined && isNeeded(blob));
  const needed = blobs.filter((blob) => !blob.wasNeeded && isNeeded(blob));
  const orphans = blobs.filter((blob) => !isNeeded(blob));
  const fresh = orphans.filter((blob) => blob.markedAt === undefined && isForgotten(blob, references, now));
  const due = orphans.filter(({ markedAt }) => markedAt !== undefined && markedAt.getTime() <= now - dayMs);
  if (needed.length > 0) await marks.noteNeeded(collection, needed, new Date(now));
  if (back.length > 0) await marks.unmark(collection, back);
  if (fresh.length > 0) await marks.mark(collection, fresh, new Date(now));
  const removed =
    due.length === 0 ? [] : await marks.remove(collection, due, { head: references.head, markedBefore: new Date(now - dayMs) });
  await removeBytes(ports, collection, removed);
  return { marked: fresh.length, unmarked: back.length, removed: removed.length };
}

const isForgotten = (blob: MarkedBlob, { seen }: CollectionReferences, now: number): boolean =>
  blob.wasNeeded || seen.has(blobKeyText(blob)) || blob.createdAt.getTime() <= now - aheadMs;

async function removeBytes(ports: CleaningPorts, collection: CollectionId, blobs: readonly BlobKey[]): Promise<void> {
  for (const blob of blobs) {
    const files: BlobFile[] = [];
    for await (const entry of ports.store.list(blobPrefix(collection, blob.hash))) {
      const file = blobFileOf(entry);
      if (file?.use === blob.use) files.push(file);
    }
    await removeFiles(ports, collection, files);
  }
}

/** What dying uploads, erasures and removals have left. */
async function sweepFiles(ports: CleaningPorts): Promise<Partial<CleaningReport>> {
  let [swept, unknown] = [0, 0];
  for await (const files of byCollection(ports)) {
    ports.signal.throwIfAborted();
    const collection = files[0]?.collection;
    if (collection === undefined) continue;
    const count = await sweepCollection(ports, collection, files);
    if (count === 'unknown') unknown += 1;
    else swept += count;
  }
  return { swept, unknown };
}

/** The store's files in runs of one collection. */
async function* byCollection({ store }: CleaningPorts): AsyncGenerator<readonly BlobFile[]> {
  let run: BlobFile[] = [];
  for await (const entry of store.list('')) {
    const file = blobFileOf(entry);
    if (file === undefined) continue;
    if (run[0] !== undefined && run[0].collection !== file.collection) {
      yield run;
      run = [];
    }
    run.push(file);
  }
  if (run.length > 0) yield run;
}

async function sweepCollection(ports: CleaningPorts, collection: CollectionId, files: readonly BlobFile[]): Promise<number | 'unknown'> {
  const { marks, store, clock } = ports;
  const standing = await marks.standing(collection);
  if (standing === 'unknown') return standing;
  if (standing === 'gone') {
    await store.deleteAll(blobPrefix(collection));
    return files.length;
  }
  const now = clock.now();
  const leftOver = files.filter((file) => file.at <= now - dayMs && isLeftOver(file, standing));
  if (leftOver.length === 0) return 0;
  // A database restored from before a photo was stored: the item still refers to it, and its bytes are the only ones.
  const references = await readCollectionReferences(collection, { ...ports, nowMs: now });
  const doomed = leftOver.filter((file) => references !== undefined && (file.isPiece || !references.needed.has(blobKeyText(file))));
  return removeFiles(ports, collection, doomed);
}

/** Hash by hash, so that those who edit wait for the bytes of one blob at most; what was begun again meanwhile stays. */
async function removeFiles({ marks, store }: CleaningPorts, collection: CollectionId, files: readonly BlobFile[]): Promise<number> {
  let count = 0;
  for (const [hash, ofHash] of Map.groupBy(files, (file) => file.hash)) {
    await marks.whileHeld(collection, hash, async (standing) => {
      const doomed = ofHash.filter((file) => isLeftOver(file, standing));
      await Promise.all(doomed.map(({ name }) => store.delete(name)));
      count += doomed.length;
    });
  }
  return count;
}
