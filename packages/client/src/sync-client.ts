import type { CollectionRow } from '@cacaw/core';
import type { Device, RowsChange } from '@cacaw/core/device';
import type { ClientMessage, Clock, CollectionId, DocumentName, GoneReason, ItemId, Random, RelayMessage, Wire } from '@cacaw/protocol';
import type { Person, Stop, SyncReport } from './cacaw.ts';
import type { Welcome } from './connection.ts';
import type { CredentialSource } from './credential.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { createLink, type Link, type LinkState } from './link.ts';
import type { Network } from './network.ts';
import { systemInflate, type Inflate } from './page.ts';
import { createSyncedCollection, type SyncedCollection } from './synced-collection.ts';

/** What a sync client is made of; nothing of the outside comes in any other way. */
export interface SyncClientPorts {
  readonly device: Device;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly credential: CredentialSource;
  /** Opens a new connection to the relay at once; frames sent before it is open wait in it. */
  readonly connect: () => Wire;
  /** Undoes deflate-raw of pages; the platform's own when left out. */
  readonly inflate?: Inflate | undefined;
  /** Makes a collection known to a relay that has forgotten it (`POST /api/collections`); without it nobody does. */
  readonly announce?: ((collection: CollectionId) => Promise<void>) | undefined;
}

/** Who this device is, and what it wants first. */
export interface SyncClientOptions {
  readonly appSchema: number;
  /** Tells the sessions of one account apart: random, kept per device. */
  readonly deviceId: string;
  /** The name others see. */
  readonly name: string;
  /** Documents on screen, pulled before others. */
  readonly pullFirst?: ((collection: CollectionId) => readonly DocumentName[]) | undefined;
}

/** Keeps every collection of a device whose mode is `sync` equal to the relay, and says how that stands. */
export interface SyncClient {
  /** Called with each changed report; at once with those known. */
  onReport(listener: (report: SyncReport) => void): Stop;
  /** Called with each change of the connection; at once with how it stands. */
  onLink(listener: (state: LinkState) => void): Stop;
  onPeople(listener: (collection: CollectionId, people: readonly Person[]) => void): Stop;
  /** Called when the relay says that a collection is gone, or (`unknown`) that it has none such for this account. */
  onGone(listener: (collection: CollectionId, reason: GoneReason) => void): Stop;
  present(collection: CollectionId, presence: { readonly tab: string; readonly item: ItemId | ''; readonly field: string }): void;
  /** A tab shows the collection no longer. */
  absent(collection: CollectionId, tab: string): void;
  setName(name: string): void;
  /** The tray was changed from outside: count it again. */
  trayChanged(collection: CollectionId): void;
  /** Tries again at once instead of waiting out a backoff. */
  retry(): void;
  close(): Promise<void>;
}

/** Follows the device's collections from now on; ends with the device's term. */
export async function createSyncClient(ports: SyncClientPorts, options: SyncClientOptions): Promise<SyncClient> {
  const client = new DeviceSyncClient(ports, options);
  await client.begin();
  return client;
}

class DeviceSyncClient implements SyncClient {
  readonly #ports: SyncClientPorts;
  readonly #options: SyncClientOptions;
  readonly #collections = new Map<CollectionId, SyncedCollection>();
  readonly #onReport = new Set<(report: SyncReport) => void>();
  readonly #onLink = new Set<(state: LinkState) => void>();
  readonly #onPeople = new Set<(collection: CollectionId, people: readonly Person[]) => void>();
  readonly #onGone = new Set<(collection: CollectionId, reason: GoneReason) => void>();
  readonly #stops: Stop[] = [];
  #link: Link | undefined;
  #open: { readonly exchange: Exchange; readonly welcome: Welcome } | undefined;
  #name: string;
  #isClosed = false;

  constructor(ports: SyncClientPorts, options: SyncClientOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#name = options.name;
  }

  async begin(): Promise<void> {
    const { device } = this.#ports;
    const { appSchema, deviceId } = this.#options;
    // Subscribed before the rows are read, so that no change falls in between.
    this.#stops.push(
      device.onRows((change) => this.#follow(change)),
      device.onPending((collection) => this.#collections.get(collection)?.pendingChanged()),
      device.onEnd(() => void this.close()),
    );
    for (const row of await device.store.read(['collections'], (tx) => tx.range('collections', {}))) this.#consider(row.id, row);
    if (this.#isClosed) return;
    this.#link = createLink(
      { ...this.#ports, hello: () => ({ appSchema, device: deviceId, name: this.#name }) },
      {
        onState: (state) => this.#setLink(state),
        onOpen: (welcome, send) => this.#begin(welcome, send),
        onMessage: (message) => this.#hear(message),
        onLost: () => this.#lose(),
        onClockOffset: (offsetMs) => device.setClockOffset(offsetMs),
      },
    );
    this.#setLink(this.#linkState());
  }

  onReport(listener: (report: SyncReport) => void): Stop {
    this.#onReport.add(listener);
    this.#each((collection) => listener(collection.report));
    return () => this.#onReport.delete(listener);
  }

  onLink(listener: (state: LinkState) => void): Stop {
    this.#onLink.add(listener);
    listener(this.#linkState());
    return () => this.#onLink.delete(listener);
  }

  onPeople(listener: (collection: CollectionId, people: readonly Person[]) => void): Stop {
    this.#onPeople.add(listener);
    return () => this.#onPeople.delete(listener);
  }

  onGone(listener: (collection: CollectionId, reason: GoneReason) => void): Stop {
    this.#onGone.add(listener);
    return () => this.#onGone.delete(listener);
  }

  present(collection: CollectionId, presence: { readonly tab: string; readonly item: ItemId | ''; readonly field: string }): void {
    this.#collections.get(collection)?.presence.present(presence);
  }

  absent(collection: CollectionId, tab: string): void {
    this.#collections.get(collection)?.presence.absent(tab);
  }

  setName(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#link?.reconnect();
  }

  trayChanged(collection: CollectionId): void {
    this.#collections.get(collection)?.trayChanged();
  }

  retry(): void {
    this.#link?.retry();
    this.#each((collection) => collection.retry());
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#each((collection) => collection.close());
    this.#collections.clear();
    this.#link?.close();
    return Promise.resolve();
  }

  #follow({ collection, root }: RowsChange): void {
    if (root !== undefined) this.#consider(collection, root);
  }

  #consider(collection: CollectionId, row: CollectionRow | null): void {
    if (this.#isClosed) return;
    const known = this.#collections.get(collection);
    if (row === null || row.mode !== 'sync' || row.gone !== null) {
      known?.close();
      this.#collections.delete(collection);
    } else if (known === undefined) this.#add(row);
    else known.setSecret(row.secret);
  }

  #add({ id, secret }: CollectionRow): void {
    const { inflate = systemInflate, announce } = this.#ports;
    const { appSchema, pullFirst } = this.#options;
    const collection = createSyncedCollection(
      {
        ...this.#ports,
        inflate,
        collection: id,
        appSchema,
        secret,
        link: this.#linkState(),
        pullFirst: () => pullFirst?.(id) ?? [],
        announce: announce === undefined ? undefined : () => announce(id),
      },
      {
        onReport: (report) => this.#onReport.forEach((listener) => listener(report)),
        onPeople: (people) => this.#onPeople.forEach((listener) => listener(id, people)),
        onGone: (reason) => this.#onGone.forEach((listener) => listener(id, reason)),
        onBreach: (problem) => this.#link?.fail(problem),
        onClockRefused: () => this.#link?.sampleClock(),
      },
    );
    this.#collections.set(id, collection);
    if (this.#open !== undefined) collection.begin(this.#open.exchange.about(id), this.#open.welcome.account);
  }

  #begin(welcome: Welcome, send: (message: ClientMessage) => void): void {
    // Bound to its connection: a step that outlives it must not speak with its handles on the next.
    const exchange = createExchange(send);
    this.#open = { exchange, welcome };
    for (const [id, collection] of this.#collections) collection.begin(exchange.about(id), welcome.account);
  }

  #lose(): void {
    this.#open = undefined;
    this.#each((collection) => collection.end());
  }

  #hear(message: RelayMessage): void {
    const heard = this.#open?.exchange.hear(message);
    if (heard?.kind === 'malformed') this.#link?.fail(heard.problem);
    if (heard?.kind === 'event') this.#collections.get(heard.collection)?.hear(heard.event);
  }

  #setLink(state: LinkState): void {
    this.#each((collection) => collection.setLink(state));
    for (const listener of this.#onLink) listener(state);
  }

  #linkState(): LinkState {
    return this.#link?.state ?? { state: 'connecting' };
  }

  #each(act: (collection: SyncedCollection) => void): void {
    for (const collection of this.#collections.values()) act(collection);
  }
}
