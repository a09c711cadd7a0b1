import { StoreError, type Device } from '@cacaw/core/device';
import { createDevicePhotos, type BlobName } from '@cacaw/core/planner';
import type { BlobHash, Clock, CollectionId, Random } from '@cacaw/protocol';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import { createPhotosAhead, type PhotosAhead } from './ahead.ts';
import { createPhotoKeeper, type PhotoKeeper, type StorageEstimate } from './keeper.ts';
import type { PhotoAnswer, PhotoQuestion, PhotosReport, StorageReport } from './photo-calls.ts';
import { createPhotoFace, type GuestFace } from './photo-face.ts';
import { createPhotoRelay, type PhotoRelay } from './photo-relay.ts';
import { fetchPhoto } from './reader.ts';
import { createPhotoSender, type PhotoSender } from './sender.ts';
import { readPhotoSettings } from './settings.ts';
import { noPhotos } from './term-photos.ts';

/** What the photos of a term work with. */
export interface PhotoOfficePorts {
  readonly device: Device;
  /** Undefined while nothing leaves this device. */
  readonly face?: GuestFace | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** How much room the device has; unknown when left out. */
  readonly estimate?: StorageEstimate | undefined;
  readonly onReport: (collection: CollectionId, report: PhotosReport) => void;
  readonly onError: (error: unknown) => void;
}

/** What only the leading tab does about photos. */
export interface PhotoOffice extends AsyncDisposable {
  /** The relay may be there again. */
  wake(): void;
  settingsChanged(): Promise<void>;
  retry(collection: CollectionId, hash?: BlobHash): Promise<void>;
  /** Bytes that are not on this device, from the relay. */
  fetch(question: PhotoQuestion): Promise<PhotoAnswer>;
  /** Small squares of these come by and by, before they are asked for; of none when the list is empty. */
  lookAhead(open: readonly CollectionId[]): void;
  /** A person has seen these just now. */
  noteSeen(names: readonly BlobName[]): Promise<void>;
  /** Bytes the account that pays has left: null without a limit, undefined when the relay did not say. */
  room(collection: CollectionId): Promise<number | null | undefined>;
  storage(): Promise<StorageReport>;
  freeSpace(): Promise<number>;
  /** Refuses with `full` what would fill a device that is nearly full. */
  admit(): Promise<void>;
}

/** Opens the photos of a term: what waits is sent from now on. */
export async function openPhotoOffice(ports: PhotoOfficePorts): Promise<PhotoOffice> {
  const settings = await readPhotoSettings(ports.device.store);
  return new TermPhotoOffice(ports, settings.sendsMetered);
}

const tidyAfterMs = 2_000;
/** By then the edits that kept bytes here may be sent. */
const tidyAgainMs = 60_000;

class TermPhotoOffice implements PhotoOffice {
  readonly #ports: PhotoOfficePorts;
  readonly #photos: ReturnType<typeof createDevicePhotos>;
  readonly #relay: PhotoRelay | undefined;
  readonly #sender: PhotoSender;
  readonly #keeper: PhotoKeeper;
  readonly #reports = new Map<CollectionId, PhotosReport>();
  readonly #ahead: PhotosAhead;
  readonly #stopHeld: Stop;
  readonly #sentAgain = new Map<string, Promise<boolean>>();
  #heldAt = 0;
  #sendsMetered: boolean;
  #cancelTidy: Stop | undefined;
  #isClosed = false;

  constructor(ports: PhotoOfficePorts, sendsMetered: boolean) {
    const { device, clock, face } = ports;
    this.#ports = ports;
    this.#sendsMetered = sendsMetered;
    this.#photos = createDevicePhotos(device, clock);
    this.#relay = face === undefined ? undefined : createPhotoRelay(createPhotoFace(face, clock));
    this.#keeper = createPhotoKeeper({ ...ports, photos: this.#photos, store: device.store });
    this.#sender = createPhotoSender({
      ...ports,
      photos: this.#photos,
      store: device.store,
      relay: this.#relay,
      sendsMetered: () => this.#sendsMetered,
      onReach: (listener) => device.onRows(({ root }) => root && listener()),
      onReport: (collection, report) => this.#report(collection, report),
      onStored: (collection) => {
        this.#tidySoon();
        this.#report(collection, this.#reports.get(collection) ?? noPhotos);
      },
    });
    this.#ahead = createPhotosAhead({
      ...ports,
      store: device.store,
      fetch: (question) => this.#fetch(question),
      storage: () => this.#keeper.report(),
      isSending: () => this.#sender.isBusy,
      onRows: (listener) => device.onRows(listener),
    });
    this.#stopHeld = this.#photos.onHeld((collection) => this.#report(collection, this.#heldAnew(collection)));
    this.#tidySoon();
  }

  wake(): void {
    this.#sender.wake();
  }

  async settingsChanged(): Promise<void> {
    this.#sendsMetered = (await readPhotoSettings(this.#ports.device.store)).sendsMetered;
    this.#sender.wake();
  }

  retry(collection: CollectionId, hash?: BlobHash): Promise<void> {
    return this.#sender.retry(collection, hash);
  }

  async fetch(question: PhotoQuestion): Promise<PhotoAnswer> {
    const answer = await this.#fetch(question);
    if (answer.state === 'here') this.#tidySoon();
    return answer;
  }

  lookAhead(open: readonly CollectionId[]): void {
    this.#ahead.look(open);
  }

  #fetch(question: PhotoQuestion): Promise<PhotoAnswer> {
    const keepsWhole = async (): Promise<boolean> => ['plenty', 'warn'].includes((await this.#keeper.report()).level);
    const sendAgain = (asked: PhotoQuestion): Promise<boolean> => this.#sendAgain(asked);
    return fetchPhoto({ photos: this.#photos, relay: this.#relay, keepsWhole, sendAgain }, question);
  }

  noteSeen(names: readonly BlobName[]): Promise<void> {
    return this.#photos.noteSeen(names);
  }

  async room(collection: CollectionId): Promise<number | null | undefined> {
    const outcome = await this.#relay?.ask(collection, []);
    return outcome?.ok ? outcome.value.room : undefined;
  }

  storage(): Promise<StorageReport> {
    return this.#keeper.report();
  }

  freeSpace(): Promise<number> {
    return this.#keeper.freeSpace();
  }

  async admit(): Promise<void> {
    if ((await this.#keeper.report()).level !== 'blocked') return;
    throw new StoreError('full', 'This device is full: nothing large can be added. Free space in the settings, then try again.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancelTidy?.();
    this.#stopHeld();
    await this.#ahead.close();
    await this.#sender.close();
  }

  /** Once in a term: a relay that has it and still cannot show it is not asked to take it for ever. */
  async #sendAgain({ collection, hash, size }: PhotoQuestion): Promise<boolean> {
    const key = `${collection}/${hash}/${size === 'file'}`;
    const known = this.#sentAgain.get(key) ?? this.#photos.sendAgain({ collection, hash }, size === 'file' ? 'file' : 'photo');
    this.#sentAgain.set(key, known);
    return known;
  }

  #heldAnew(collection: CollectionId): PhotosReport {
    this.#heldAt = Math.max(this.#ports.clock.now(), this.#heldAt + 1);
    return { ...(this.#reports.get(collection) ?? noPhotos), heldAt: this.#heldAt };
  }

  #report(collection: CollectionId, report: PhotosReport): void {
    const { heldAt } = this.#reports.get(collection) ?? {};
    const whole = { ...(heldAt === undefined ? {} : { heldAt }), ...report };
    this.#reports.set(collection, whole);
    this.#ports.onReport(collection, whole);
  }

  /** After many at once, one look is enough. */
  #tidySoon(afterMs: number = tidyAfterMs): void {
    if (this.#isClosed) return;
    this.#cancelTidy ??= this.#ports.clock.after(afterMs, () => {
      this.#cancelTidy = undefined;
      this.#tidy().catch((error: unknown) => this.#isClosed || this.#ports.onError(error));
    });
  }

  async #tidy(): Promise<void> {
    if (await this.#keeper.tidy()) this.#tidySoon(tidyAgainMs);
  }
}
