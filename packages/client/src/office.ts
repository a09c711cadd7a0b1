import { CommandError, type CollectionRow, type Command, type CommandResult } from '@cacaw/core';
import { lookKinds, type Device, type RowsChange } from '@cacaw/core/device';
import type { Clock, CollectionId, CommandId, ItemId, WireRole } from '@cacaw/protocol';
import { describeDevice } from './describe-device.ts';
import { whenShown } from './arrival.ts';
import type { DeviceReport, Person, Stop, SyncReport } from './cacaw.ts';
import type { Look } from './detection/detection-calls.ts';
import { learnsHere } from './detection/learns-here.ts';
import type { LookOffice } from './detection/look-office.ts';
import type { AccountList } from './account-list.ts';
import type { DeviceSettings } from './device-settings.ts';
import { shareError, ShareError } from './faults.ts';
import type { Founding } from './founding.ts';
import type { Office } from './term.ts';
import { localReport } from './local-only.ts';
import { allowSync, networkChoice, type NetworkChoice } from './network-mode.ts';
import type { Network } from './network.ts';
import type { PhotosReport } from './photos/photo-calls.ts';
import type { PhotoOffice } from './photos/photo-office.ts';
import { noPhotos, TermPhotos, withPhotos, type PhotosListener } from './photos/term-photos.ts';
import { parseLink } from './share-link.ts';
import type { SyncClient } from './sync-client.ts';
import type { Ask, News } from './tab-channel.ts';
import { askPart, TermPart } from './term-part.ts';

/** What only the leading tab can do. Each may be asked again after a change of leader and must then change nothing more. */
export interface OfficeCalls {
  run(command: Command, id: CommandId): Promise<CommandResult>;
  share(collection: CollectionId): Promise<void>;
  openLink(link: string): Promise<CollectionId>;
  /** The account has become a member. */
  enter(collection: CollectionId, role: WireRole): Promise<CollectionId>;
  /** Takes a collection off this device; the account's list does not bring it back. */
  forget(collection: CollectionId): Promise<void>;
  /** The same when it is not the account's any more. */
  leave(collection: CollectionId): Promise<void>;
  dismiss(id: string): Promise<void>;
  present(tab: string, collection: CollectionId, item: ItemId | '', field: string): Promise<void>;
  absent(tab: string): Promise<void>;
  renamed(name: string): Promise<void>;
  retry(): Promise<void>;
  /** What only the leading tab does about photos. */
  aboutPhotos<Name extends PhotoErrand>(
    name: Name,
    ...args: Parameters<PhotoOffice[Name]>
  ): Promise<Awaited<ReturnType<PhotoOffice[Name]>>>;
  /** What only the leading tab does about photos that are to become items. */
  aboutLooks<Name extends LookErrand>(name: Name, ...args: Parameters<LookOffice[Name]>): Promise<Awaited<ReturnType<LookOffice[Name]>>>;
  /** The person chose anew whether this device syncs. */
  networkChosen(): Promise<void>;
}

/** What other tabs may ask of the photos. */
export type PhotoErrand = 'fetch' | 'noteSeen' | 'retry' | 'room' | 'storage' | 'freeSpace' | 'settingsChanged';

/** What other tabs may ask of the looks. */
export type LookErrand = 'settingsChanged' | 'reviewKept' | 'lookAgain' | 'endReview' | 'budget';

/** Opens what looks at photos, given where their bytes come from. */
export type OpenLooks = (part: {
  readonly fetchPhoto: PhotoOffice['fetch'];
  readonly onReport: (collection: CollectionId, looks: readonly Look[]) => void;
}) => Promise<LookOffice>;

/** What an office works with. */
export interface OfficePorts {
  readonly device: Device;
  readonly sync: SyncClient;
  readonly settings: DeviceSettings;
  /** Opens what sends and fetches photos. */
  readonly openPhotos: (onReport: PhotosListener) => Promise<PhotoOffice>;
  readonly openLooks: OpenLooks;
  /** Undefined while nothing leaves this device. */
  readonly founding?: Founding | undefined;
  readonly accountList?: AccountList | undefined;
  /** The device is an account's. */
  readonly hasAccount: boolean;
  /** What the person had chosen when this term began; it holds for all of the term. */
  readonly choice: NetworkChoice;
  /** Ends this term; the next one opens by what is chosen then. */
  readonly end: (error: Error) => void;
  readonly clock: Clock;
  readonly network: Network;
  readonly forgetFree: (collection: CollectionId) => Promise<void>;
  /** Somebody must look: something could not be taken away. It is tried again by the next office. */
  readonly onError: (error: unknown) => void;
  readonly tell: {
    rows(change: RowsChange): void;
    news(news: News): void;
  };
}

interface Presence {
  readonly collection: CollectionId;
  readonly item: ItemId | '';
  readonly field: string;
}

/** One term of leading: the device is open, the relay is linked, and every tab's asks are done here. */
export function createOffice(ports: OfficePorts): Office {
  return new LeadingOffice(ports);
}

const isTakenAway = ({ gone }: CollectionRow): boolean => gone === 'erased' || gone === 'removed';

class LeadingOffice implements Office, OfficeCalls {
  readonly term: string;
  readonly #ports: OfficePorts;
  readonly #stops: Stop[];
  readonly #reports = new Map<CollectionId, SyncReport>();
  readonly #photos: TermPhotos;
  readonly #looks: TermPart<LookOffice>;
  readonly #lookReports = new Map<CollectionId, readonly Look[]>();
  readonly #photoReports = new Map<CollectionId, PhotosReport>();
  readonly #people = new Map<CollectionId, readonly Person[]>();
  readonly #present = new Map<string, Presence>();
  #device: DeviceReport = { network: 'local', connection: 'local' };
  /** What is kept beside the rows of collections that have just left, on its way. */
  readonly #leaving = new Map<CollectionId, Promise<void>>();

  constructor(ports: OfficePorts) {
    this.#ports = ports;
    this.term = ports.device.term;
    this.#photos = new TermPhotos(() => ports.openPhotos((collection, photos) => this.#photosChanged(collection, photos)), ports.clock);
    this.#looks = new TermPart(() =>
      ports.openLooks({ fetchPhoto: (question) => this.aboutPhotos('fetch', question), onReport: this.#looksChanged }),
    );
    this.#stops = [
      ports.device.onRows((change) => this.#rowsChanged(change)),
      ports.device.onQueue(() => void this.#photos.office().catch(ports.onError)),
      ports.sync.onReport((report) => {
        this.#reports.set(report.collection, report);
        this.#tellReport(report.collection);
        this.#lookAhead();
      }),
      ports.sync.onPeople((collection, people) => {
        this.#people.set(collection, people);
        ports.tell.news({ type: 'people', collection, people });
      }),
      ports.sync.onLink((state) => {
        this.#device = describeDevice(ports.choice, state);
        ports.tell.news({ type: 'device', report: this.#device });
        if (state.state !== 'open') return;
        this.#photos.wake();
        this.#looks.wake();
      }),
    ];
    this.#goOnWithCollections().catch(ports.onError);
    this.#photos.begin(ports.device.store).catch(ports.onError);
    this.#looks.begin(ports.device.store, lookKinds).catch(ports.onError);
  }

  async perform(ask: Ask): Promise<unknown> {
    const method = this[ask.name as keyof OfficeCalls] as (...args: readonly unknown[]) => Promise<unknown>;
    return method.apply(this, ask.args as unknown[]);
  }

  brief(): void {
    this.#ports.tell.news({ type: 'device', report: this.#device });
    for (const collection of new Set([...this.#reports.keys(), ...this.#photoReports.keys()])) this.#tellReport(collection);
    for (const [collection, people] of this.#people) this.#ports.tell.news({ type: 'people', collection, people });
    for (const [collection, looks] of this.#lookReports) this.#ports.tell.news({ type: 'looks', collection, looks });
  }

  left(tab: string): void {
    const presence = this.#present.get(tab);
    this.#present.delete(tab);
    if (presence !== undefined) this.#ports.sync.absent(presence.collection, tab);
    this.#lookAhead();
  }

  async run(command: Command, id: CommandId): Promise<CommandResult> {
    await this.#photos.admit(command);
    return this.#ports.device.run(command, id);
  }

  async share(collection: CollectionId): Promise<void> {
    await this.#requireSync();
    await this.#ports.founding?.share(collection);
  }

  async openLink(link: string): Promise<CollectionId> {
    const { collection, secret } = parseLink(link);
    await this.#requireSync();
    if (await this.#isShown(collection, secret)) return collection;
    try {
      await this.#arrive(collection, { secret });
    } catch (error) {
      await this.leave(collection);
      throw error;
    }
    return collection;
  }

  /** Unlike what a link opens it is ours by now, whether it can be shown at once or not. */
  async enter(collection: CollectionId, role: WireRole): Promise<CollectionId> {
    await this.#requireSync();
    if (!(await this.#isShown(collection, null))) await this.#arrive(collection, { secret: null, role });
    return collection;
  }

  async forget(collection: CollectionId): Promise<void> {
    const { device, settings, hasAccount } = this.#ports;
    const row = await device.store.read(['collections'], (tx) => tx.get('collections', collection));
    if (hasAccount && row?.mode === 'sync') await settings.notePutAway(collection);
    await this.leave(collection);
  }

  async leave(collection: CollectionId): Promise<void> {
    await this.#ports.settings.shareDone(collection);
    await this.#ports.device.forget(collection);
    await this.#leaving.get(collection);
  }

  async dismiss(id: string): Promise<void> {
    const { device, sync } = this.#ports;
    const entry = await device.store.read(['tray'], (tx) => tx.get('tray', id));
    await device.dismiss(id);
    if (entry !== undefined) sync.trayChanged(entry.collection);
  }

  async present(tab: string, collection: CollectionId, item: ItemId | '', field: string): Promise<void> {
    if (this.#present.get(tab)?.collection !== collection) this.left(tab);
    this.#present.set(tab, { collection, item, field });
    this.#ports.sync.present(collection, { tab, item, field });
    this.#lookAhead();
  }

  async absent(tab: string): Promise<void> {
    this.left(tab);
  }

  async renamed(name: string): Promise<void> {
    this.#ports.sync.setName(name);
  }

  aboutPhotos<Name extends PhotoErrand>(
    name: Name,
    ...args: Parameters<PhotoOffice[Name]>
  ): Promise<Awaited<ReturnType<PhotoOffice[Name]>>> {
    return askPart(this.#photos, name, args);
  }

  aboutLooks<Name extends LookErrand>(name: Name, ...args: Parameters<LookOffice[Name]>): Promise<Awaited<ReturnType<LookOffice[Name]>>> {
    return askPart(this.#looks, name, args);
  }

  async retry(): Promise<void> {
    this.#photos.wake();
    this.#looks.wake();
    this.#ports.sync.retry();
    this.#ports.founding?.retry();
    this.#ports.accountList?.refresh();
  }

  async networkChosen(): Promise<void> {
    if ((await networkChoice(this.#ports.device.store)) !== this.#ports.choice) this.#ports.end(changedError());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#ports.accountList?.close();
    this.#ports.founding?.close();
    await this.#looks[Symbol.asyncDispose]();
    await this.#photos[Symbol.asyncDispose]();
    await this.#ports.sync.close();
    await this.#ports.device[Symbol.asyncDispose]();
  }

  #lookAhead(): void {
    const onScreen = new Set([...this.#present.values()].map(({ collection }) => collection));
    const hasArrived = (collection: CollectionId): boolean => arrived.has(this.#reports.get(collection)?.status.state ?? 'local');
    this.#photos.lookAhead([...onScreen].filter(hasArrived));
  }

  /** What was on its way to the relay may be there now, and can be looked at. */
  #photosChanged(collection: CollectionId, photos: PhotosReport): void {
    this.#photoReports.set(collection, photos);
    this.#tellReport(collection);
    this.#looks.wake();
  }

  readonly #looksChanged = (collection: CollectionId, looks: readonly Look[]): void => {
    this.#lookReports.set(collection, looks);
    this.#ports.tell.news({ type: 'looks', collection, looks });
  };

  #tellReport(collection: CollectionId): void {
    const report = this.#reports.get(collection) ?? localReport(collection);
    const photos = this.#photoReports.get(collection) ?? noPhotos;
    this.#ports.tell.news({ type: 'status', report: withPhotos(report, photos) });
  }

  /** A collection that has just begun to sync has not heard yet who is in it. */
  #rowsChanged(change: RowsChange): void {
    this.#ports.tell.rows(change);
    if (change.items.some(([, row]) => (row?.look ?? null) !== null) || learnsHere(change.root))
      this.#looks.office().catch(this.#ports.onError);
    if (change.root === null || (change.root !== undefined && isTakenAway(change.root))) this.#forgetAround(change.collection);
    if (change.root?.mode !== 'sync') return;
    for (const [tab, { collection, item, field }] of this.#present) {
      if (collection === change.collection) this.#ports.sync.present(collection, { tab, item, field });
    }
  }

  /**
   * Whoever shares, or opens what is shared, wants to sync, unless they chose that nothing leaves this device. The term was
   * opened by the choice before: what was asked for is done in the next.
   */
  async #requireSync(): Promise<void> {
    const { choice, device, end } = this.#ports;
    if (choice === 'sync') return;
    if ((await allowSync(device.store)) === 'local') throw shareError('local-only');
    end(changedError());
    throw changedError();
  }

  /** The rows have left the device, by whatever way: what is kept beside them follows. */
  #forgetAround(collection: CollectionId): void {
    const { settings, forgetFree, onError } = this.#ports;
    this.#reports.delete(collection);
    this.#photoReports.delete(collection);
    this.#people.delete(collection);
    if (this.#lookReports.delete(collection)) this.#ports.tell.news({ type: 'looks', collection, looks: [] });
    const left = settings.shareDone(collection).then(() => forgetFree(collection));
    this.#leaving.set(collection, left);
    left.catch(onError).finally(() => this.#leaving.delete(collection));
  }

  /** An earlier office may have ended before that was done, or before the relay heard that something learns. */
  async #goOnWithCollections(): Promise<void> {
    const rows = await this.#ports.device.store.read(['collections'], (tx) => tx.range('collections', {}));
    for (const row of rows) if (isTakenAway(row)) this.#forgetAround(row.id);
    if (rows.some(learnsHere)) await this.#looks.office();
  }

  /** True when it is here already, and made to sync again if it did not: a damaged link must not replace the secret that works. */
  async #isShown(collection: CollectionId, secret: string | null): Promise<boolean> {
    const { device, settings } = this.#ports;
    await settings.noteWanted(collection);
    const row = await device.store.read(['collections'], (tx) => tx.get('collections', collection));
    // Of what was taken away there is nothing to show: it is opened like a new one.
    if (row !== undefined && isTakenAway(row)) await this.leave(collection);
    if (row === undefined || row.name === '' || isTakenAway(row)) return false;
    if (row.mode !== 'sync' || row.gone !== null) await device.setReach(collection, { mode: 'sync', secret: secret ?? row.secret });
    // It may be back, or ours again; if not, the relay says so once more. What is kept of it stays either way.
    if (row.gone !== null) await device.setAccess(collection, { gone: null });
    return true;
  }

  async #arrive(collection: CollectionId, reach: { readonly secret: string | null; readonly role?: WireRole }): Promise<void> {
    const { device, network } = this.#ports;
    if (!network.online)
      throw new ShareError(
        'offline',
        'This device is offline and has not seen this collection yet. Open the link again when it is online.',
      );
    const { secret, role } = reach;
    const begin = async (): Promise<void> => {
      await device.setReach(collection, { mode: 'sync', secret });
      if (role !== undefined) await device.setAccess(collection, { role });
    };
    await Promise.all([whenShown(collection, this.#ports), begin()]);
  }
}

const arrived: ReadonlySet<SyncReport['status']['state']> = new Set(['synced', 'view-only']);

const changedError = (): CommandError => new CommandError('not-leading', 'This term ends because the network was switched.', {});
