import type { CollectionRow, Command, CommandResult, FolderRow, ItemRow, ListChange, ListQuery, SearchHit, Tree } from '@cacaw/core';
import { takeOwnership, type DeviceStore, type SupersededValue } from '@cacaw/core/device';
import type { BlobName } from '@cacaw/core/planner';
import { newCommandId, type BlobHash, type CollectionId, type CommandId, type ItemId, type PhotoView } from '@cacaw/protocol';
import type { BlobSize } from '@cacaw/protocol/http';
import type { Cacaw, DeviceReport, Person, Stop, SyncReport } from './cacaw.ts';
import type { DetectionCalls, Look } from './detection/detection-calls.ts';
import { createDeviceSettings, type DeviceSettings } from './device-settings.ts';
import { shareError } from './faults.ts';
import type { HostOptions, HostPorts } from './host-ports.ts';
import { Latest } from './latest.ts';
import { Leadership } from './leadership.ts';
import { readSuperseded } from './load-planner.ts';
import { localReport } from './local-only.ts';
import { chooseNetwork, type NetworkMode } from './network-mode.ts';
import type { OfficeCalls, OfficePorts } from './office.ts';
import type { OnlyHere } from './only-here.ts';
import type { HeldPhoto, PhotoAnswer, PhotoSettings, StorageReport } from './photos/photo-calls.ts';
import { Reads } from './reads.ts';
import type { SharingCalls, SharingPorts } from './sharing.ts';
import type { News } from './tab-channel.ts';
import type { Office } from './term.ts';
import type { RefusedEdit, UnsentEdit } from './tray.ts';

/** Where the one report about the whole device is kept. */
const deviceWide = '';
const seenAfterMs = 1_000;

/**
 * Opens one tab's engine; it makes no difference to the caller whether this tab or another leads. Rejects with a
 * `StoreError` `foreign`, having shown nothing, when the database is another account's.
 */
export async function createHost(ports: HostPorts, options: HostOptions): Promise<Cacaw> {
  const store = await ports.openStore();
  try {
    await takeOwnership(store, options.account ?? null);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new Host(store, ports, options);
}

class Host implements Cacaw {
  readonly #store: DeviceStore;
  readonly #ports: HostPorts;
  readonly #options: HostOptions;
  readonly #settings: DeviceSettings;
  readonly #reads: Reads;
  readonly #leadership: Leadership;
  #sharing: Promise<SharingCalls> | undefined;
  readonly #reports = new Latest<SyncReport>();
  readonly #people = new Latest<readonly Person[]>();
  readonly #looks = new Latest<readonly Look[]>();
  readonly #device = new Latest<DeviceReport>();
  readonly #seen: BlobName[] = [];
  #presence: { readonly collection: CollectionId; readonly item: ItemId | ''; readonly field: string } | undefined;

  constructor(store: DeviceStore, ports: HostPorts, options: HostOptions) {
    this.#store = store;
    this.#ports = ports;
    this.#options = options;
    this.#settings = createDeviceSettings(store, ports.random);
    this.#reads = new Reads({ store, clock: ports.clock, onError: ports.onError });
    this.#leadership = new Leadership({
      ...ports,
      lock: options.database,
      takeOffice: (ended) => this.#takeOffice(ended),
      events: {
        rows: (change) => this.#reads.change(change),
        missed: () => this.#readAgain(),
        news: (news) => this.#hear(news),
      },
    });
  }

  run(command: Command, id: CommandId = newCommandId(this.#ports.random)): Promise<CommandResult> {
    return this.#ask('run', command, id);
  }

  collections(listener: (rows: readonly CollectionRow[]) => void): Stop {
    return this.#reads.collections(listener);
  }

  list(query: ListQuery, listener: (change: ListChange) => void): Stop {
    return this.#reads.list(query, listener);
  }

  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]> {
    return this.#reads.rows(ids);
  }

  item(id: ItemId, listener: (row: ItemRow | null) => void): Stop {
    return this.#reads.item(id, listener);
  }

  tree(collection: CollectionId, listener: (tree: Tree) => void): Stop {
    return this.#reads.tree(collection, listener);
  }

  trashedFolders(collection: CollectionId, listener: (rows: readonly FolderRow[]) => void): Stop {
    return this.#reads.trashedFolders(collection, listener);
  }

  search(text: string, limit: number): Promise<readonly SearchHit[]> {
    return this.#reads.search(text, limit);
  }

  share(collection: CollectionId): Promise<void> {
    const hasNoName = (this.#options.account ?? null) === null && this.#ports.credential === undefined;
    return hasNoName ? Promise.reject(shareError('sign-in-first')) : this.#ask('share', collection);
  }

  readonly createInvite = this.#byRelay('createInvite');
  readonly inviteByMail = this.#byRelay('inviteByMail');
  readonly invites = this.#byRelay('invites');
  readonly revokeInvite = this.#byRelay('revokeInvite');
  readonly lookInvite = this.#byRelay('lookInvite');
  readonly acceptInvite = this.#byRelay('acceptInvite');
  readonly members = this.#byRelay('members');
  readonly setRole = this.#byRelay('setRole');
  readonly removeMember = this.#byRelay('removeMember');
  readonly leave = this.#byRelay('leave');
  readonly transfer = this.#byRelay('transfer');
  readonly deleteCollection = this.#byRelay('deleteCollection');
  readonly publicPhotos = this.#byRelay('publicPhotos');
  readonly setPublicPhotos = this.#byRelay('setPublicPhotos');
  readonly requestAccess = this.#byRelay('requestAccess');
  readonly freeCredential = this.#byRelay('freeCredential');

  openLink(link: string): Promise<CollectionId> {
    return this.#ask('openLink', link);
  }

  forget(collection: CollectionId): Promise<void> {
    return this.#ask('forget', collection);
  }

  status(collection: CollectionId, listener: (report: SyncReport) => void): Stop {
    return this.#reports.follow(collection, listener, localReport(collection));
  }

  /** Who looks at others is seen by them. */
  people(collection: CollectionId, listener: (people: readonly Person[]) => void): Stop {
    const stop = this.#people.follow(collection, listener, []);
    if (this.#presence?.collection !== collection) this.present(collection, '', '');
    return () => {
      stop();
      if (this.#presence?.collection === collection && !this.#people.isFollowed(collection)) this.#leave();
    };
  }

  present(collection: CollectionId, item: ItemId | '', field: string): void {
    this.#presence = { collection, item, field };
    // Fleeting: a presence that could not be said is said again with the next move.
    this.#ask('present', this.#leadership.tab, collection, item, field).catch(() => undefined);
  }

  async setName(name: string): Promise<void> {
    await this.#settings.setName(name);
    await this.#ask('renamed', name);
  }

  name(): Promise<string> {
    return this.#settings.name();
  }

  device(listener: (report: DeviceReport) => void): Stop {
    return this.#device.follow(deviceWide, listener);
  }

  async setNetwork(mode: NetworkMode): Promise<void> {
    await chooseNetwork(this.#store, mode);
    await this.#ask('networkChosen');
  }

  async photo(collection: CollectionId, hash: BlobHash, size: BlobSize, view?: PhotoView): Promise<PhotoAnswer> {
    const question = { collection, hash, size, view };
    const blob = await (await import('./photos/reader.ts')).readPhoto(this.#store, question);
    if (blob === undefined) return this.#ask('aboutPhotos', 'fetch', question) as Promise<PhotoAnswer>;
    this.#noteSeen({ collection, hash });
    return { state: 'here', blob };
  }

  async photosHere(collection: CollectionId, hashes: readonly BlobHash[]): Promise<readonly HeldPhoto[]> {
    return (await import('./photos/reader.ts')).photosHere(this.#store, collection, hashes);
  }

  retryPhotos(collection: CollectionId, hash?: BlobHash): Promise<void> {
    return this.#ask('aboutPhotos', 'retry', collection, hash) as Promise<void>;
  }

  async photoSettings(): Promise<PhotoSettings> {
    return (await import('./photos/settings.ts')).readPhotoSettings(this.#store);
  }

  async setPhotoSettings(settings: PhotoSettings): Promise<void> {
    await (await import('./photos/settings.ts')).writePhotoSettings(this.#store, settings);
    await this.#ask('aboutPhotos', 'settingsChanged');
  }

  photoRoom(collection: CollectionId): Promise<number | null | undefined> {
    return this.#ask('aboutPhotos', 'room', collection) as Promise<number | null | undefined>;
  }

  storage(): Promise<StorageReport> {
    return this.#ask('aboutPhotos', 'storage') as Promise<StorageReport>;
  }

  freeSpace(): Promise<number> {
    return this.#ask('aboutPhotos', 'freeSpace') as Promise<number>;
  }

  looks(collection: CollectionId, listener: (looks: readonly Look[]) => void): Stop {
    return this.#looks.follow(collection, listener, []);
  }

  readonly review = this.#byDetection('review');
  readonly keepReview = this.#byDetection('keepReview');
  readonly endReview = this.#byDetection('endReview');
  readonly lookAgain = this.#byDetection('lookAgain');
  readonly detectionBudget = this.#byDetection('detectionBudget');
  readonly detectionSettings = this.#byDetection('detectionSettings');
  readonly setDetectionSettings = this.#byDetection('setDetectionSettings');

  // These three are read seldom, so they are fetched only then.
  async onlyHere(): Promise<readonly OnlyHere[]> {
    return (await import('./only-here.ts')).readOnlyHere(this.#store);
  }

  async refused(collection: CollectionId): Promise<readonly RefusedEdit[]> {
    return (await import('./tray.ts')).readTray(this.#store, collection);
  }

  async unsent(collection: CollectionId): Promise<readonly UnsentEdit[]> {
    return (await import('./tray.ts')).readUnsent(this.#store, collection);
  }

  superseded(collection: CollectionId, item?: ItemId): Promise<readonly SupersededValue[]> {
    return readSuperseded(this.#store, collection, item);
  }

  dismiss(id: string): Promise<void> {
    return this.#ask('dismiss', id);
  }

  retry(): void {
    this.#ask('retry').catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#leadership.close();
    this.#reads.close();
    await this.#store.close();
  }

  /** Said together: a list that scrolls shows many. */
  #noteSeen(name: BlobName): void {
    if (this.#seen.push(name) > 1) return;
    this.#ports.clock.after(seenAfterMs, () => {
      this.#ask('aboutPhotos', 'noteSeen', this.#seen.splice(0)).catch(() => undefined);
    });
  }

  #leave(): void {
    this.#presence = undefined;
    this.#ask('absent', this.#leadership.tab).catch(() => undefined);
  }

  /** Another tab may lead now, which has not heard who is where. */
  #readAgain(): void {
    this.#reads.renew();
    if (this.#presence !== undefined) this.present(this.#presence.collection, this.#presence.item, this.#presence.field);
  }

  #ask<Name extends keyof OfficeCalls>(name: Name, ...args: Parameters<OfficeCalls[Name]>): ReturnType<OfficeCalls[Name]> {
    return this.#leadership.perform({ name, args }) as ReturnType<OfficeCalls[Name]>;
  }

  /** What this tab asks the relay itself, once; loaded by whoever asks. */
  #byRelay<Name extends keyof SharingCalls>(name: Name): SharingCalls[Name] {
    const call = async (...args: readonly unknown[]): Promise<unknown> => {
      this.#sharing ??= this.#openSharing();
      const method = (await this.#sharing)[name] as (...args: readonly unknown[]) => Promise<unknown>;
      return method.apply(await this.#sharing, args as unknown[]);
    };
    return call as SharingCalls[Name];
  }

  /** What only a screen about photos that are to become items asks. */
  #byDetection<Name extends keyof Omit<DetectionCalls, 'looks'>>(name: Name): DetectionCalls[Name] {
    const call = async (...args: readonly unknown[]): Promise<unknown> => {
      const { openDetection } = await import('./detection/open-detection.ts');
      const ask = ((...errand: Parameters<OfficeCalls['aboutLooks']>) => this.#ask('aboutLooks', ...errand)) as OfficeCalls['aboutLooks'];
      const calls = openDetection({ store: this.#store, clock: this.#ports.clock, ask });
      return (calls[name] as (...args: readonly unknown[]) => unknown)(...args);
    };
    return call as DetectionCalls[Name];
  }

  async #openSharing(): Promise<SharingCalls> {
    const { openSharing } = await import('./open-sharing.ts');
    const office: SharingPorts['office'] = {
      share: (collection) => this.share(collection),
      openLink: (link) => this.#ask('openLink', link),
      enter: (collection, role) => this.#ask('enter', collection, role),
      leave: (collection) => this.#ask('leave', collection),
    };
    return openSharing({ ...this.#ports, store: this.#store, settings: this.#settings, office }, this.#options);
  }

  /** Reading needs none of what writing does, so that is fetched only now: rows are on screen before it has arrived. */
  async #takeOffice(ended: (error: Error) => void): Promise<Office> {
    const { openOffice } = await import('./open-office.ts');
    return openOffice({ ...this.#ports, store: this.#store, settings: this.#settings, ended, tell: this.#tell() }, this.#options);
  }

  #hear(news: News): void {
    if (news.type === 'status') this.#reports.set(news.report.collection, news.report);
    else if (news.type === 'device') this.#device.set(deviceWide, news.report);
    else if (news.type === 'people') this.#people.set(news.collection, news.people);
    else this.#looks.set(news.collection, news.looks);
  }

  /** What this tab's own term tells: this tab first, then the others. */
  #tell(): OfficePorts['tell'] {
    return {
      rows: (change) => {
        this.#reads.change(change);
        this.#leadership.spreadRows(change);
      },
      news: (news) => {
        this.#hear(news);
        this.#leadership.spreadNews(news);
      },
    };
  }
}
