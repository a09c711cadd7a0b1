import type { Command } from '@cacaw/core';
import type { DeviceStore } from '@cacaw/core/device';
import type { Clock, CollectionId } from '@cacaw/protocol';
import type { Stop, SyncReport } from '../cacaw.ts';
import { TermPart } from '../term-part.ts';
import type { PhotosReport } from './photo-calls.ts';
import type { PhotoOffice } from './photo-office.ts';

/** No photo on its way. */
export const noPhotos: PhotosReport = { onTheirWay: [], paused: null };

/** Opening a collection is done by then, and nothing of it waits for photos. */
const aheadAfterMs = 5_000;

/** The photos of a term, opened when there are any: most devices have none yet. */
export class TermPhotos {
  readonly #part: TermPart<PhotoOffice>;
  readonly #clock: Clock;
  #ahead = '';
  #cancelAhead: Stop | undefined;

  constructor(open: () => Promise<PhotoOffice>, clock: Clock) {
    this.#part = new TermPart(open);
    this.#clock = clock;
  }

  /** Opens them if this device holds any. */
  begin(store: DeviceStore): Promise<void> {
    return this.#part.begin(store, ['image', 'upload']);
  }

  office(): Promise<PhotoOffice> {
    return this.#part.office();
  }

  /** The relay may be there again. */
  wake(): void {
    this.#part.wake();
  }

  /** These are on somebody's screen, and what they hold has arrived: their small squares may come before they are asked for. */
  lookAhead(open: readonly CollectionId[]): void {
    const ahead = open.join();
    if (ahead === this.#ahead) return;
    this.#ahead = ahead;
    this.#cancelAhead?.();
    this.#cancelAhead = this.#clock.after(aheadAfterMs, () => {
      this.office()
        .then((office) => office.lookAhead(open))
        .catch(() => undefined);
    });
  }

  /** Refuses what brings bytes to a device that is nearly full. */
  async admit(command: Command): Promise<void> {
    if (bringsBytes(command)) await (await this.office()).admit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelAhead?.();
    await this.#part[Symbol.asyncDispose]();
  }
}

const bringsBytes = (command: Command): boolean =>
  command.type === 'addPhotos' ||
  command.type === 'addFiles' ||
  (command.type === 'recreate' && (command.copies.blobs ?? []).length > 0) ||
  (command.type === 'addItems' && command.drafts.some(({ photos = [] }) => photos.length > 0));

/** A collection's report with its photos: it is synced only when none of them waits. */
export function withPhotos(report: SyncReport, photos: PhotosReport): SyncReport {
  const waits = photos.onTheirWay.some(({ state }) => state === 'waiting' || state === 'sending' || state === 'checking');
  const status =
    waits && report.status.state === 'synced' ? ({ state: 'sending', pending: report.pending, received: false } as const) : report.status;
  return { ...report, status, photos };
}

/** Who is told when something of a collection's photos changed. */
export type PhotosListener = (collection: CollectionId, photos: PhotosReport) => void;
