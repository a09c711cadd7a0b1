import {
  formatPhotoView,
  isBlobHash,
  isItemId,
  itemId,
  type BlobHash,
  type CollectionId,
  type ItemId,
  type Json,
  type LocalId,
  type ShardId,
} from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import { readFileFacts, readPhotoFacts } from '../inventory/photo-registers.ts';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { Write } from '../registers.ts';
import type { Work } from './edit.ts';
import type { StoredImage, StoreWriter } from './store.ts';
import { unitOf } from './unit.ts';

/** One blob of one collection. */
export interface BlobName {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
}

/** A photo or file on its way to the relay, kept until the relay has it. */
export interface Upload {
  readonly use: 'photo' | 'file';
  readonly mediaType: string;
  readonly bytes: number;
  /** Items that need it; with the last of them it leaves the queue. */
  readonly items: readonly ItemId[];
  readonly queuedAt: number;
  /** `waiting` until the relay has all of it, `checking` until it has looked; the last two wait for a person. */
  readonly state: 'waiting' | 'checking' | 'refused' | 'lost';
  /** Why it was refused: a code of the relay. */
  readonly code?: string | undefined;
}

/** What of a blob's bytes is on this device, so that a budget can be kept without touching them. */
export interface Holding {
  readonly full: number;
  readonly thumbnail: number;
  readonly seenAt: number;
  /** The relay has it: what is here is a copy that may go. */
  readonly stored: boolean;
}

export const imageId = ({ collection, hash }: BlobName): string => `${collection}/${hash}`;
export const uploadKey = (name: BlobName): string => `upload/${imageId(name)}`;
export const holdingKey = (name: BlobName): string => `image/${imageId(name)}`;

/** Everything below a key's part. '0' is the character after '/'. */
export const below = (part: string): { readonly lower: string; readonly upper: string; readonly upperOpen: true } => ({
  lower: `${part}/`,
  upper: `${part}0`,
  upperOpen: true,
});

/** The blob that an image, upload or holding is about; undefined for a key of something else. */
export function blobNamed(key: string): BlobName | undefined {
  const [hash = '', collection = ''] = key.split('/').reverse();
  return isBlobHash(hash) ? { collection: collection as CollectionId, hash } : undefined;
}

/** Reads a row of `settings` as what it was written as: only this file writes under these keys. */
export const uploadOf = (row: { readonly value: Json } | undefined): Upload | undefined => row?.value as unknown as Upload | undefined;
export const holdingOf = (row: { readonly value: Json } | undefined): Holding | undefined => row?.value as unknown as Holding | undefined;

export const putUpload = (tx: StoreWriter, name: BlobName, upload: Upload): void =>
  tx.put('settings', { key: uploadKey(name), value: upload as unknown as Json });

/** Keeps bytes, and says so where the budget reads it. */
export function putImage(tx: StoreWriter, image: StoredImage, holding: Pick<Holding, 'seenAt' | 'stored'>): void {
  const value: Holding = {
    full: image.blob?.size ?? 0,
    thumbnail: image.thumbnail?.size ?? 0,
    seenAt: holding.seenAt,
    stored: holding.stored,
  };
  tx.put('images', image);
  tx.put('settings', { key: `image/${image.id}`, value: value as unknown as Json });
}

interface GivenBytes {
  readonly hash: BlobHash;
  readonly item: ItemId;
  readonly blob?: Blob | undefined;
  readonly thumbnail?: Blob | undefined;
  readonly view?: string | undefined;
}

/** Bytes that came with a command, in the transaction that keeps what they belong to. */
export async function keepBytes({ tx, held, nowMs }: Work, command: Command, result: CommandResult): Promise<void> {
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

interface OwnWrites {
  readonly base: DocumentBase;
  readonly writes: readonly Write[];
  readonly origin: 'command' | 'rebase';
}

/**
 * Looks after every blob this device refers to, bytes here or not: a reference made after a year needs the relay asked as much as
 * a photo just taken. One that nothing refers to any more leaves the queue.
 */
export async function queueBlobs({ tx, held, nowMs }: Work, { base, writes, origin }: OwnWrites): Promise<void> {
  for (const { item, hash, facts } of referencesIn(base, writes)) {
    const name = { collection: held.id, hash };
    held.queueChanges += 1;
    const known = uploadOf(await tx.get('settings', uploadKey(name)));
    const items = new Set(known?.items ?? []);
    if (facts === null) {
      items.delete(item);
      leaveQueue(tx, name, known && { ...known, items: [...items] });
      continue;
    }
    const queued: Upload = { ...facts, items: [], queuedAt: nowMs, state: 'waiting' };
    putUpload(tx, name, { ...(origin === 'rebase' ? (known ?? queued) : queued), items: [...items.add(item)] });
  }
}

function leaveQueue(tx: StoreWriter, name: BlobName, upload: Upload | undefined): void {
  if (upload === undefined) return;
  if (upload.items.length > 0) putUpload(tx, name, upload);
  else tx.delete('settings', uploadKey(name));
}

/** Writes that were refused need their blobs no more. */
export async function unqueueBlobs({ tx, held }: Pick<Work, 'tx' | 'held'>, { base, writes }: Omit<OwnWrites, 'origin'>): Promise<void> {
  for (const { item, hash } of referencesIn(base, writes)) {
    const name = { collection: held.id, hash };
    held.queueChanges += 1;
    const known = uploadOf(await tx.get('settings', uploadKey(name)));
    leaveQueue(tx, name, known && { ...known, items: known.items.filter((one) => one !== item) });
  }
}

interface Reference {
  readonly item: ItemId;
  readonly hash: BlobHash;
  /** Null where the reference was taken away. */
  readonly facts: Pick<Upload, 'use' | 'mediaType' | 'bytes'> | null;
}

function referencesIn(base: DocumentBase, writes: readonly Write[]): readonly Reference[] {
  if (!base.startsWith('rows.')) return [];
  const shard = unitOf(base) as ShardId;
  return writes.flatMap((write) => {
    const fields =
      write.kind === 'birth' ? Object.entries(write.fields) : write.kind === 'set' ? [[write.field, write.value] as const] : [];
    return fields.flatMap(([field, value]) => referenceOf(itemId(shard, write.row as LocalId), field, value) ?? []);
  });
}

function referenceOf(item: ItemId, field: string, value: Json): Reference | undefined {
  const [family, hash = ''] = field.split(':', 2);
  if ((family !== 'h' && family !== 'f') || !isBlobHash(hash)) return undefined;
  const facts = family === 'h' ? readPhotoFacts(value) : readFileFacts(value);
  const use = family === 'h' ? 'photo' : 'file';
  return { item, hash, facts: facts === undefined ? null : { use, mediaType: facts.mediaType, bytes: facts.bytes } };
}

/** Everything of a collection's photos and files. */
export function dropPhotos({ tx, held }: Pick<Work, 'tx' | 'held'>): void {
  const collection = held.id;
  held.queueChanges += 1;
  tx.deleteRange('images', below(collection));
  tx.deleteRange('settings', below(`upload/${collection}`));
  tx.deleteRange('settings', below(`image/${collection}`));
}

/** Items were deleted for ever: their bytes go with them, unless another item is still waiting to send the same. */
export async function dropBytesOf({ tx, held }: Pick<Work, 'tx' | 'held'>, items: Iterable<ItemId>): Promise<void> {
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
