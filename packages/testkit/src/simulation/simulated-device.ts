import { inflateRawSync } from 'node:zlib';
import { createSyncClient, secretCredential, type Network, type SyncClient, type SyncReport } from '@cacaw/client';
import { CommandError, type Command, type FolderRow, type ItemRow } from '@cacaw/core';
import {
  openDevice,
  readRows,
  StoreError,
  type Device,
  type MemoryDisk,
  type MemoryStore,
  type RowsChange,
  type StorePoint,
} from '@cacaw/core/device';
import { pendingIn } from '@cacaw/core/testing';
import type { Clock, CollectionId, Random, Wire } from '@cacaw/protocol';
import type { PendingUpdate } from '@cacaw/core/device';
import type { SimulatedClock } from '../clock.ts';
import type { Connection } from '../network.ts';
import type { SeededRandom } from '../random.ts';
import { refusedConnection } from './simulated-relay.ts';

/** What every device of one world shares. */
export interface DeviceGround {
  readonly clock: SimulatedClock;
  readonly collection: CollectionId;
  /** Opens a connection to a relay that is up; undefined when none is. */
  readonly connect: () => Connection | undefined;
  /** Called with everything pending on a disk after a command was kept on it, or its tab was killed. */
  readonly onKept: (pending: readonly PendingUpdate[]) => void;
  readonly onFault: (what: string, error: unknown) => void;
  /** Stands between client and network, to plant a bug there. */
  readonly spoilWire: (wire: Wire) => Wire;
  readonly spoilRandom: (random: Random, device: string) => Random;
  readonly spoilDevice: (device: Device) => Device;
}

const appSchema = 1;

/** One device: a disk that outlives its crashes, and the real device and sync client running on it. */
export class SimulatedDevice {
  readonly name: string;
  readonly disk: MemoryDisk;
  readonly account: Uint8Array;
  readonly #ground: DeviceGround;
  readonly #random: SeededRandom;
  readonly #network = new SimulatedNetwork();
  readonly #items = new Map<string, ItemRow>();
  readonly #folders = new Map<string, FolderRow>();
  #clock: (Clock & { stop(): void }) | undefined;
  #store: MemoryStore | undefined;
  #device: Device | undefined;
  #sync: SyncClient | undefined;
  #connection: Connection | undefined;
  #life = 0;
  #point: StorePoint = 'complete';
  /** Transactions completed so far, so that the oracle is asked only after a change. */
  commits = 0;
  lostConnections = 0;
  #report: SyncReport | undefined;

  constructor(
    ground: DeviceGround,
    identity: { readonly name: string; readonly disk: MemoryDisk; readonly account: Uint8Array; readonly random: SeededRandom },
  ) {
    this.#ground = ground;
    this.name = identity.name;
    this.disk = identity.disk;
    this.account = identity.account;
    this.#random = identity.random;
  }

  get device(): Device | undefined {
    return this.#device;
  }

  get isUp(): boolean {
    return this.#store !== undefined;
  }

  /** False while a transaction has written and not yet completed: what stands on the disk then is nobody's. */
  get isAtRest(): boolean {
    return this.#point !== 'request' && this.#point !== 'commit';
  }

  /** What the sync chip would say, for messages. */
  get report(): string {
    return JSON.stringify({ ...this.#report, log: this.#report?.log.slice(-5) });
  }

  get items(): readonly ItemRow[] {
    return [...this.#items.values()];
  }

  get folders(): readonly FolderRow[] {
    return [...this.#folders.values()];
  }

  /** Begins a term on the disk, as opening the app does. Goes on in simulated time. */
  start(): void {
    if (this.#store !== undefined) return;
    const life = (this.#life += 1);
    const clock = this.#ground.clock.process(this.#random.int(4000) - 2000);
    this.#clock = clock;
    this.#point = 'complete';
    this.#store = this.disk.open({ pace: (point) => this.#pace(point, clock) });
    this.#open(this.#store, clock, life).catch((error: unknown) => {
      if (!(error instanceof StoreError)) return this.#ground.onFault(`${this.name} could not open`, error);
      // A full or failing disk: the person closes the tab and opens it again.
      this.crash();
      this.#ground.clock.after(500, () => this.start());
    });
  }

  async #open(store: MemoryStore, clock: Clock, life: number): Promise<void> {
    const random = this.#ground.spoilRandom(this.#random.fork(`life ${life}`), this.name);
    const device = this.#ground.spoilDevice(await openDevice({ store, clock, random, idleMs: 500, mostShards: 3 }));
    device.onRows((change) => this.#follow(change));
    this.#items.clear();
    this.#folders.clear();
    for await (const rows of readRows(store, this.#ground.collection)) for (const row of rows) this.#items.set(row.id, row);
    const folders = await store.read(['folders'], (tx) =>
      tx.range('folders', { index: 'collection', lower: this.#ground.collection, upper: this.#ground.collection }),
    );
    for (const folder of folders) this.#folders.set(folder.id, folder);
    this.#device = device;
    this.#sync = await createSyncClient(
      {
        device,
        clock,
        random,
        network: this.#network,
        credential: secretCredential(this.account),
        connect: () => this.#connect(clock),
        inflate: async (bytes) => new Uint8Array(inflateRawSync(bytes)),
      },
      { appSchema, deviceId: `${this.name}-${life}`.padEnd(16, '-'), name: this.name },
    );
    this.#sync.onReport((report) => {
      this.#report = report;
    });
  }

  /** The tab is killed: what was not committed is gone, nothing of it runs on. */
  crash(): void {
    this.#clock?.stop();
    this.#store?.crash();
    this.#store = undefined;
    this.#device = undefined;
    this.#sync = undefined;
    this.#point = 'complete';
    this.cut();
    void this.#tellKept();
  }

  cut(): void {
    if (this.#connection !== undefined) this.lostConnections += 1;
    this.#connection?.cut();
    this.#connection = undefined;
  }

  setOnline(online: boolean): void {
    this.#network.set(online);
    if (!online) this.cut();
  }

  retry(): void {
    this.#sync?.retry();
  }

  /** The next commit fails as a full or failing disk does. */
  failNextCommit(): void {
    this.#store?.faults.failCommits.push(this.#random.chance(0.5) ? 'full' : 'aborted');
  }

  freeze(): void {
    this.#store?.freeze();
  }

  thaw(): void {
    this.#store?.thaw();
  }

  /** Hands a command to the device; what became of it is told to the ground. */
  run(command: Command): void {
    const device = this.#device;
    if (device === undefined) return;
    device.run(command).then(
      () => this.#tellKept(),
      (error: unknown) => {
        if (!(error instanceof CommandError || error instanceof StoreError)) this.#ground.onFault(`${this.name} ${command.type}`, error);
      },
    );
  }

  async #tellKept(): Promise<void> {
    this.#ground.onKept(await pendingIn(this.disk.clone().open(), this.#ground.collection));
  }

  #pace(point: StorePoint, clock: Clock): Promise<void> | undefined {
    this.#point = point;
    if (point === 'complete') this.commits += 1;
    if (!this.#random.chance(point === 'request' ? 0.02 : 0.15)) return undefined;
    return new Promise((resolve) => clock.after(this.#random.int(20), resolve));
  }

  #connect(clock: Clock): Wire {
    const connection = this.#network.online ? this.#ground.connect() : undefined;
    if (connection === undefined) return refusedConnection(clock);
    this.#connection = connection;
    return this.#ground.spoilWire(connection.client);
  }

  #follow(change: RowsChange): void {
    for (const [id, row] of change.items)
      if (row === null) this.#items.delete(id);
      else this.#items.set(id, row);
    for (const [id, row] of change.folders)
      if (row === null) this.#folders.delete(id);
      else this.#folders.set(id, row);
  }
}

class SimulatedNetwork implements Network {
  online = true;
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    for (const listener of this.#listeners) listener();
  }
}
