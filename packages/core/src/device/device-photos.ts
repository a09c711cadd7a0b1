import { isItemId, type BlobHash, type Clock, type CollectionId, type ItemId } from '@cacaw/protocol';
import { digest } from 'lib0/hash/sha256';
import type { CollectionRow } from '../inventory/rows.ts';
import type { Device } from './device.ts';
import { blobsNamedBy } from './keep-photos.ts';
import { below, type StoredImage, type StoreWriter } from './store.ts';
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
  type Holding,
  type Upload,
} from './photo-names.ts';

/** One blob that the relay may not have yet. */
export interface QueuedBlob extends BlobName {
  readonly upload: Upload;
}

/** What became of a blob on its way. */
export type UploadOutcome =
  | { readonly state: 'stored' }
  /** Nothing refers to it any more. */
  | { readonly state: 'unneeded' }
  | { readonly state: 'waiting' | 'checking' | 'lost' }
  | { readonly state: 'refused'; readonly code: string };

/** Bytes that came from the relay, to be had again without it. */
export interface FetchedBytes {
  readonly itemId: ItemId | '';
  readonly blob?: Blob | undefined;
  readonly thumbnail?: Blob | undefined;
  /** The view the thumbnail was made by; '' for the picture as it is. */
  readonly view?: string | undefined;
}

/** How much of a blob is let go: the picture itself, or the small square too. */
export interface LetGo extends BlobName {
  readonly what: 'full' | 'all';
}

/** Bytes on this device that are here for a while: what the relay has not got, and copies of what it has. */
export interface DevicePhotos {
  /** Everything on its way, the longest waiting first. */
  queue(): Promise<readonly QueuedBlob[]>;
  /** The bytes as they were given; undefined when they are not here. */
  bytes(name: BlobName): Promise<Blob | undefined>;
  /** Keeps what became of an upload. `stored` ends it: from then on its bytes are a copy. */
  settle(name: BlobName, outcome: UploadOutcome): Promise<void>;
  /**
   * Puts a blob back on its way that the relay turned out not to have: true when its bytes are here as they were given. Copies of
   * what the relay made of it have another hash, and help nobody.
   */
  sendAgain(name: BlobName, use: Upload['use']): Promise<boolean>;
  /** Keeps bytes that came from the relay; not for a collection that has left the device. */
  keep(name: BlobName, fetched: FetchedBytes): Promise<void>;
  /** Notes that a person has seen these, so that others go first. */
  noteSeen(names: readonly BlobName[]): Promise<void>;
  holdings(): Promise<readonly (BlobName & Holding)[]>;
  /**
   * Lets go of bytes the relay has, or that nothing has needed for 30 days; never of others, whatever it is asked for, nor of what
   * an edit refers to that the relay has not confirmed. Answers whether that kept any of them here.
   */
  letGo(names: readonly LetGo[]): Promise<{ readonly areNeeded: boolean }>;
  /** Called after each completed transaction that changed what is on its way. */
  onQueue(listener: () => void): () => void;
  /** Called after each completed transaction of this object that brought bytes of a collection or let them go. */
  onHeld(listener: (collection: CollectionId) => void): () => void;
}

/** The photos of one term. Not part of the device itself: most days nothing asks for it. */
export const createDevicePhotos = (device: Pick<Device, 'store' | 'write' | 'onQueue'>, clock: Clock): DevicePhotos =>
  new TermPhotos(device, clock);

/** What nobody refers to and no relay has is kept for as long as its removal can be taken back. */
const unreferencedKeptMs = 30 * 24 * 3_600_000;

class TermPhotos implements DevicePhotos {
  readonly #device: Pick<Device, 'store' | 'write' | 'onQueue'>;
  readonly #clock: Clock;
  readonly #onQueue = new Set<() => void>();
  readonly #onHeld = new Set<(collection: CollectionId) => void>();

  constructor(device: Pick<Device, 'store' | 'write' | 'onQueue'>, clock: Clock) {
    this.#device = device;
    this.#clock = clock;
  }

  async queue(): Promise<readonly QueuedBlob[]> {
    const rows = await this.#device.store.read(['settings'], (tx) => tx.range('settings', below('upload')));
    return rows
      .flatMap((row): readonly QueuedBlob[] => {
        const [name, upload] = [blobNamed(row.key), uploadOf(row)];
        return name === undefined || upload === undefined ? [] : [{ ...name, upload }];
      })
      .sort((a, b) => a.upload.queuedAt - b.upload.queuedAt);
  }

  async bytes(name: BlobName): Promise<Blob | undefined> {
    return (await this.#device.store.read(['images'], (tx) => tx.get('images', imageId(name))))?.blob;
  }

  async settle(name: BlobName, outcome: UploadOutcome): Promise<void> {
    await this.#device.write(async (tx) => {
      const upload = uploadOf(await tx.get('settings', uploadKey(name)));
      if (upload === undefined) return;
      if (outcome.state === 'unneeded') return tx.delete('settings', uploadKey(name));
      if (outcome.state === 'stored') return this.#noteStored(tx, name);
      const { code: _code, ...rest } = upload;
      putUpload(tx, name, { ...rest, ...outcome });
    });
    for (const listener of this.#onQueue) listener();
  }

  async #noteStored(tx: StoreWriter, name: BlobName): Promise<void> {
    tx.delete('settings', uploadKey(name));
    const row = await tx.get('settings', holdingKey(name));
    const holding = holdingOf(row);
    if (row !== undefined && holding !== undefined) tx.put('settings', { ...row, value: { ...holding, stored: true } });
  }

  async sendAgain(name: BlobName, use: Upload['use']): Promise<boolean> {
    const given = await this.bytes(name);
    if (given === undefined || hexOf(digest(new Uint8Array(await given.arrayBuffer()))) !== name.hash) return false;
    await this.#device.write(async (tx) => {
      const [image, upload] = await Promise.all([tx.get('images', imageId(name)), tx.get('settings', uploadKey(name)).then(uploadOf)]);
      if (image?.blob === undefined || (upload !== undefined && upload.state !== 'lost')) return;
      const items = upload?.items ?? [image.itemId].filter(isItemId);
      const [mediaType, bytes, queuedAt] = [given.type || 'application/octet-stream', given.size, this.#clock.now()];
      putUpload(tx, name, { use, mediaType, bytes, items, queuedAt, state: 'waiting' });
      putImage(tx, image, { seenAt: queuedAt, stored: false });
    });
    for (const listener of this.#onQueue) listener();
    return true;
  }

  async keep(name: BlobName, { itemId, ...fetched }: FetchedBytes): Promise<void> {
    await this.#device.write(async (tx) => {
      const [collection, known, holding, upload] = await Promise.all([
        tx.get('collections', name.collection),
        tx.get('images', imageId(name)),
        tx.get('settings', holdingKey(name)),
        tx.get('settings', uploadKey(name)),
      ]);
      if (collection === undefined || hasLeft(collection)) return;
      const kept = { id: imageId(name), itemId, ...known, ...copyOf(fetched) };
      // What this device gave has the hash; what the relay made of it must not take its place before it is stored.
      const isOurs = known?.blob !== undefined && (upload !== undefined || holdingOf(holding)?.stored === false);
      putImage(tx, isOurs ? { ...kept, blob: known.blob } : kept, { seenAt: this.#clock.now(), stored: !isOurs });
    });
    if (fetched.blob !== undefined) this.#tellHeld([name]);
  }

  async noteSeen(names: readonly BlobName[]): Promise<void> {
    await this.#device.write(async (tx) => {
      const seenAt = this.#clock.now();
      for (const name of names) {
        const row = await tx.get('settings', holdingKey(name));
        const holding = holdingOf(row);
        if (row !== undefined && holding !== undefined) tx.put('settings', { ...row, value: { ...holding, seenAt } });
      }
    });
  }

  async holdings(): Promise<readonly (BlobName & Holding)[]> {
    const rows = await this.#device.store.read(['settings'], (tx) => tx.range('settings', below('image')));
    return rows.flatMap((row) => {
      const [name, holding] = [blobNamed(row.key), holdingOf(row)];
      return name === undefined || holding === undefined ? [] : [{ ...name, ...holding }];
    });
  }

  async letGo(names: readonly LetGo[]): Promise<{ readonly areNeeded: boolean }> {
    const going = await this.#device.write(async (tx) => {
      const unsent = new Map<CollectionId, ReadonlySet<BlobHash>>();
      for (const collection of new Set(names.map((name) => name.collection))) unsent.set(collection, await unsentBlobs(tx, collection));
      const free = names.filter(({ collection, hash }) => unsent.get(collection)?.has(hash) !== true);
      for (const name of free) await this.#letGo(tx, name);
      return free;
    });
    this.#tellHeld(going);
    return { areNeeded: going.length < names.length };
  }

  async #letGo(tx: StoreWriter, name: LetGo): Promise<void> {
    const [image, holding, upload] = await Promise.all([
      tx.get('images', imageId(name)),
      tx.get('settings', holdingKey(name)).then(holdingOf),
      tx.get('settings', uploadKey(name)),
    ]);
    if (image === undefined || holding === undefined || upload !== undefined) return;
    if (!holding.stored && this.#clock.now() - holding.seenAt < unreferencedKeptMs) return;
    if (name.what === 'full' && image.thumbnail !== undefined) {
      const { blob: _blob, ...rest } = image;
      return putImage(tx, rest, holding);
    }
    tx.delete('images', image.id);
    tx.delete('settings', holdingKey(name));
  }

  onHeld(listener: (collection: CollectionId) => void): () => void {
    this.#onHeld.add(listener);
    return () => this.#onHeld.delete(listener);
  }

  #tellHeld(names: readonly BlobName[]): void {
    for (const collection of new Set(names.map((name) => name.collection))) for (const listener of this.#onHeld) listener(collection);
  }

  onQueue(listener: () => void): () => void {
    this.#onQueue.add(listener);
    const stop = this.#device.onQueue(listener);
    return () => {
      this.#onQueue.delete(listener);
      stop();
    };
  }
}

/** What the relay has of these it may clean away: no edit it knows refers to them yet. */
async function unsentBlobs(tx: StoreWriter, collection: CollectionId): Promise<ReadonlySet<BlobHash>> {
  const pending = await tx.range('pending', { index: 'order', prefix: [collection] });
  return blobsNamedBy(pending.filter(({ committed }) => committed !== true));
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const hasLeft = ({ gone }: CollectionRow): boolean => gone === 'erased' || gone === 'removed';

/** What came of it: a thumbnail comes with its view, a picture leaves that of the one before. */
const copyOf = ({ blob, thumbnail, view = '' }: Omit<FetchedBytes, 'itemId'>): Partial<StoredImage> => ({
  ...(blob === undefined ? {} : { blob }),
  ...(thumbnail === undefined ? {} : { thumbnail, view }),
});
