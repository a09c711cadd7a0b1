import type { CollectionRow } from '@cacaw/core';
import type { Device } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';
import type { Stop, SyncReport } from './cacaw.ts';
import { noPhotos } from './photos/term-photos.ts';
import type { SyncClient } from './sync-client.ts';

/** What is known of a collection no link has reported on: it is safe here. */
export const localReport = (collection: CollectionId, pending = 0): SyncReport => ({
  collection,
  status: { state: 'local' },
  pending,
  refused: 0,
  lastSyncedAt: null,
  photos: noPhotos,
  log: [],
});

/** A sync client of a device that keeps everything to itself: it knows no relay, and says how much waits here. */
export async function createLocalOnlySync(device: Device, onError: (error: unknown) => void): Promise<SyncClient> {
  const sync = new LocalOnlySync(device, onError);
  await sync.begin();
  return sync;
}

const nothing = (): void => undefined;

class LocalOnlySync implements SyncClient {
  readonly #device: Device;
  readonly #onError: (error: unknown) => void;
  readonly #reports = new Map<CollectionId, SyncReport>();
  readonly #onReport = new Set<(report: SyncReport) => void>();
  readonly #stops: Stop[] = [];
  #isClosed = false;

  constructor(device: Device, onError: (error: unknown) => void) {
    this.#device = device;
    this.#onError = onError;
  }

  async begin(): Promise<void> {
    this.#stops.push(
      this.#device.onRows(({ collection, root }) => root && this.#count(root, collection)),
      this.#device.onPending((collection) => this.#reports.has(collection) && this.#recount(collection)),
    );
    for (const row of await this.#device.store.read(['collections'], (tx) => tx.range('collections', {}))) this.#count(row, row.id);
  }

  onReport(listener: (report: SyncReport) => void): Stop {
    this.#onReport.add(listener);
    for (const report of this.#reports.values()) listener(report);
    return () => this.#onReport.delete(listener);
  }

  readonly onPeople: SyncClient['onPeople'] = () => nothing;
  readonly onGone: SyncClient['onGone'] = () => nothing;
  readonly present: SyncClient['present'] = nothing;
  readonly absent: SyncClient['absent'] = nothing;
  readonly setName: SyncClient['setName'] = nothing;
  readonly retry: SyncClient['retry'] = nothing;
  readonly trayChanged: SyncClient['trayChanged'] = nothing;

  onLink(listener: Parameters<SyncClient['onLink']>[0]): Stop {
    listener({ state: 'closed' });
    return nothing;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    return Promise.resolve();
  }

  /** A collection that never synced has nothing waiting to be sent. */
  #count({ mode, gone }: CollectionRow, collection: CollectionId): void {
    if (mode === 'sync' && gone === null && !this.#reports.has(collection)) this.#recount(collection);
  }

  #recount(collection: CollectionId): void {
    this.#reports.set(collection, this.#reports.get(collection) ?? localReport(collection));
    this.#device.pending(collection).then(
      (pending) => this.#tell(localReport(collection, new Set(pending.map(({ command }) => command)).size)),
      (error: unknown) => this.#isClosed || this.#onError(error),
    );
  }

  #tell(report: SyncReport): void {
    if (this.#isClosed) return;
    this.#reports.set(report.collection, report);
    for (const listener of this.#onReport) listener(report);
  }
}
