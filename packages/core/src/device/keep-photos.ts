import {
  formatPhotoView,
  isBlobHash,
  isItemId,
  itemId,
  parseDocumentName,
  type BlobHash,
  type ItemId,
  type Json,
  type LocalId,
} from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import { readFileFacts, readPhotoFacts } from '../inventory/photo-registers.ts';
import type { PlannedWrite } from '../inventory/plan-view.ts';
import type { Write } from '../registers.ts';
import type { Work } from './edit.ts';
import {
  blobNamed,
  holdingKey,
  holdingOf,
  imageId,
  putImage,
  putUpload,
  uploadKey,
  uploadOf,
  type BlobName,
  type Upload,
} from './photo-names.ts';
import type { PendingUpdate, StoreWriter } from './store.ts';

/** Puts everything a command means for photos and files into its transaction: bytes it brought, the queue, and what goes with rows deleted for ever. */
export async function keepPhotos(
  work: Work,
  command: Command,
  planned: { readonly writes: readonly PlannedWrite[]; readonly result: CommandResult },
): Promise<void> {
  const written = planned.writes.flatMap(({ document, write }) => writtenIn(document, [write]));
  await queueBlobs(work, written);
  await keepBytes(work, command, planned.result);
  await dropBytesOf(
    work,
    written.flatMap(({ item, write }) => (write.kind === 'purge' ? [item] : [])),
  );
}

type Written = readonly { readonly item: ItemId; readonly write: Write }[];

function writtenIn(document: string, writes: readonly Write[]): Written {
  const name = parseDocumentName(document);
  if (name?.kind !== 'rows') return [];
  return writes.flatMap((write) => (write.kind === 'note' ? [] : [{ item: itemId(name.shard, write.row as LocalId), write }]));
}

interface GivenBytes {
  readonly hash: BlobHash;
  readonly item: ItemId;
  readonly blob?: Blob | undefined;
  readonly thumbnail?: Blob | undefined;
  readonly view?: string | undefined;
}

/** Bytes that came with a command. */
async function keepBytes({ tx, held, nowMs }: Work, command: Command, result: CommandResult): Promise<void> {
  for (const { hash, item, ...given } of bytesOf(command, result)) {
    const name = { collection: held.id, hash };
    const [known, holding] = await Promise.all([tx.get('images', imageId(name)), tx.get('settings', holdingKey(name))]);
    const image = { ...known, ...withoutGaps(given), id: imageId(name), itemId: known?.itemId ?? item };
    putImage(tx, image, { seenAt: nowMs, stored: holdingOf(holding)?.stored ?? false });
    const upload = uploadOf(await tx.get('settings', uploadKey(name)));
    if (given.blob === undefined || upload?.state !== 'lost') continue;
    putUpload(tx, name, { ...upload, state: 'waiting' });
    held.queueChanges += 1;
  }
}

const withoutGaps = (given: Omit<GivenBytes, 'hash' | 'item'>): Omit<GivenBytes, 'hash' | 'item'> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

function bytesOf(command: Command, { items }: CommandResult): readonly GivenBytes[] {
  if (command.type === 'addItems')
    return command.drafts.flatMap(({ photos = [] }, at) =>
      photos.flatMap((photo) => [items[at] ?? []].flat().map((item) => photoBytes(photo, item))),
    );
  if (command.type === 'recreate') return (command.copies.blobs ?? []).map((blob) => photoBytes(blob, blob.item));
  if (command.type === 'addPhotos') return command.photos.map((photo) => photoBytes(photo, command.item));
  if (command.type === 'addFiles') return command.files.map(({ hash, blob }) => ({ hash, item: command.item, blob }));
  if (command.type !== 'editPhoto' || command.change.thumbnail === undefined) return [];
  const { thumbnail, view = null } = command.change;
  return [{ hash: command.photo, item: command.item, thumbnail, view: view === null ? '' : formatPhotoView(view) }];
}

type PhotoBytes = Pick<GivenBytes, 'hash' | 'blob' | 'thumbnail'> & {
  readonly view?: Parameters<typeof formatPhotoView>[0] | null | undefined;
};

const photoBytes = ({ hash, blob, thumbnail, view = null }: PhotoBytes, item: ItemId): GivenBytes => ({
  hash,
  item,
  blob,
  thumbnail,
  view: view === null ? '' : formatPhotoView(view),
});

/**
 * Looks after every blob this device refers to, bytes here or not: a reference made after a year needs the relay asked as much as
 * a photo just taken. One that nothing refers to any more leaves the queue.
 */
async function queueBlobs({ tx, held, nowMs }: Work, written: Written): Promise<void> {
  for (const { item, hash, facts } of written.flatMap(referencesIn)) {
    const name = { collection: held.id, hash };
    held.queueChanges += 1;
    const known = uploadOf(await tx.get('settings', uploadKey(name)));
    const others = (known?.items ?? []).filter((one) => one !== item);
    if (facts === null) leaveQueue(tx, name, known && { ...known, items: others });
    else putUpload(tx, name, { ...facts, items: [...others, item], queuedAt: nowMs, state: 'waiting' });
  }
}

function leaveQueue(tx: StoreWriter, name: BlobName, upload: Upload | undefined): void {
  if (upload === undefined) return;
  if (upload.items.length > 0) putUpload(tx, name, upload);
  else tx.delete('settings', uploadKey(name));
}

/** The photos and files of a collection that edits still refer to which the relay is not known to have; in the order they were made. */
export function blobsNamedBy(unsent: readonly PendingUpdate[]): ReadonlySet<BlobHash> {
  const last = new Map<string, Reference>();
  for (const reference of unsent.flatMap(({ document, writes }) => writtenIn(document, writes).flatMap(referencesIn)))
    last.set(`${reference.item}/${reference.hash}`, reference);
  return new Set([...last.values()].flatMap(({ hash, facts }) => (facts === null ? [] : [hash])));
}

interface Reference {
  readonly item: ItemId;
  readonly hash: BlobHash;
  /** Null where the reference was taken away. */
  readonly facts: Pick<Upload, 'use' | 'mediaType' | 'bytes'> | null;
}

function referencesIn({ item, write }: Written[number]): readonly Reference[] {
  const fields = write.kind === 'birth' ? Object.entries(write.fields) : write.kind === 'set' ? [[write.field, write.value] as const] : [];
  return fields.flatMap(([field, value]) => referenceOf(item, field, value) ?? []);
}

function referenceOf(item: ItemId, field: string, value: Json): Reference | undefined {
  const [family, hash = ''] = field.split(':', 2);
  if ((family !== 'h' && family !== 'f') || !isBlobHash(hash)) return undefined;
  const facts = family === 'h' ? readPhotoFacts(value) : readFileFacts(value);
  const use = family === 'h' ? 'photo' : 'file';
  return { item, hash, facts: facts === undefined ? null : { use, mediaType: facts.mediaType, bytes: facts.bytes } };
}

/** Items were deleted for ever: their bytes go with them, unless another item is still waiting to send the same. */
async function dropBytesOf({ tx, held }: Work, items: Iterable<ItemId>): Promise<void> {
  for (const item of items) {
    for (const image of await tx.range('images', { index: 'itemId', lower: item, upper: item })) {
      const name = blobNamed(image.id);
      if (name === undefined || name.collection !== held.id) continue;
      held.queueChanges += 1;
      const upload = uploadOf(await tx.get('settings', uploadKey(name)));
      const others = (upload?.items ?? []).filter((one) => one !== item);
      leaveQueue(tx, name, upload && { ...upload, items: others });
      const [next] = others;
      if (next !== undefined && isItemId(next)) tx.put('images', { ...image, itemId: next });
      else {
        tx.delete('images', image.id);
        tx.delete('settings', holdingKey(name));
      }
    }
  }
}
