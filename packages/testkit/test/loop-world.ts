import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { createSyncClient, secretCredential, type Network, type SyncClient, type SyncReport } from '@cacaw/client';
import type { CollectionRow, Command, CommandResult, FolderRow, ItemRow } from '@cacaw/core';
import { createMemoryDisk, openDevice, readRows, type Device, type MemoryDisk, type MemoryStore, type TrayEntry } from '@cacaw/core/device';
import { inventoryGuardSchema } from '@cacaw/core/schema';
import { newCollectionId, type Clock, type CollectionId } from '@cacaw/protocol';
import {
  createMemoryAccess,
  createMemoryDatabase,
  createMemoryMedium,
  createMemoryUpdateLog,
  createRelayCore,
  createSecretAuthenticator,
  type MemoryAccess,
  type MemoryDatabase,
  type MemoryLogOptions,
  type RelayCore,
} from '@cacaw/relay';
import { descriptionLimit } from '../src/actions.ts';
import {
  createConnection,
  createSeededRandom,
  createSimulatedClock,
  type Connection,
  type SeededRandom,
  type SimulatedClock,
} from '../src/index.ts';

/** What the relay keeps of a link's secret. */
export const secretHash = (secret: string): Uint8Array => createHash('sha256').update(Buffer.from(secret, 'base64url')).digest();

/** Lets everything that needs no time come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((done) => setImmediate(done));
}

/** A network that can be switched off. */
class Switch implements Network {
  readonly #listeners = new Set<() => void>();
  #isOnline = true;

  get online(): boolean {
    return this.#isOnline;
  }

  set(isOnline: boolean): void {
    this.#isOnline = isOnline;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** What a device shows of a collection, in an order that does not depend on the device. */
export interface Shown {
  readonly collection: CollectionRow | undefined;
  readonly folders: readonly FolderRow[];
  readonly items: readonly ItemRow[];
}

/** The relay allows less than the device does, so that the real guard refuses what a real person may write. */
const { rows } = inventoryGuardSchema;
const strictSchema: typeof inventoryGuardSchema = {
  ...inventoryGuardSchema,
  rows: { ...rows, fields: { ...rows.fields, ds: { kind: 'text', max: descriptionLimit } } },
};

/** Real relays over one memory database, real devices over memory disks, and wires that can be cut. */
export class LoopWorld {
  readonly random: SeededRandom;
  readonly clock: SimulatedClock = createSimulatedClock(settle);
  readonly database: MemoryDatabase = createMemoryDatabase();
  readonly access: MemoryAccess;
  readonly faults: string[] = [];
  readonly people: Person[] = [];
  /** Frames of every connection, so that costs can be counted. */
  readonly traffic = { toRelay: 0, toClient: 0 };
  readonly #medium = createMemoryMedium();
  readonly #logOptions: MemoryLogOptions;
  #relayClock: ReturnType<SimulatedClock['process']> | undefined;
  relay: RelayCore;

  constructor(seed = 1, logOptions: MemoryLogOptions = {}) {
    this.random = createSeededRandom(seed);
    this.#logOptions = logOptions;
    this.access = createMemoryAccess(this.database, { random: this.random.fork('access'), clock: this.clock });
    this.relay = this.newRelay();
  }

  /** Another relay over the same database. */
  newRelay(): RelayCore {
    this.#relayClock = this.clock.process();
    return createRelayCore({
      log: createMemoryUpdateLog(this.database, this.#logOptions),
      authenticator: createSecretAuthenticator(),
      access: this.access,
      fanOut: this.#medium.join(),
      clock: this.#relayClock,
      random: this.random.fork(`relay ${this.random.int(1e9)}`),
      schema: strictSchema,
      maxNoteLength: 8_000,
      observer: { fault: (what, { error }) => this.faults.push(`${what}: ${String(error)}`), note: () => undefined },
    });
  }

  /** Ends the relay as a crash does: connections vanish, nothing more runs. Another one starts over the same database. */
  restartRelay(): void {
    this.#relayClock?.stop();
    for (const person of this.people) person.cut();
    this.relay = this.newRelay();
  }

  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = new Person(this, name, options);
    this.people.push(person);
    await person.open();
    return person;
  }

  /** A collection the relay knows, with the secret of its link. */
  async shared(owner: Person, name = 'Things'): Promise<Shared> {
    const id = newCollectionId(this.random);
    const secret = Buffer.from(this.random.bytes(32)).toString('base64url');
    await this.access.createByLink(id, secretHash(secret));
    await owner.run({ type: 'createCollection', id, draft: { name, type: 'other', currency: 'EUR' } });
    const shared = { id, secret };
    await owner.join(shared);
    return shared;
  }

  /** Lets time pass until nothing more happens for everybody: all synced, nothing pending. */
  async rest(ms = 5_000): Promise<void> {
    await settle();
    await this.clock.advance(ms);
    await settle();
  }
}

export interface Shared {
  readonly id: CollectionId;
  readonly secret: string;
}

export interface PersonOptions {
  readonly skewMs?: number;
  readonly maxDelayMs?: number;
  readonly disk?: MemoryDisk;
  /** Speaks for this account instead of an own one. */
  readonly account?: string;
  readonly appSchema?: number;
}

/** One device of one person: store, Device and sync client, all real. */
export class Person {
  readonly name: string;
  readonly disk: MemoryDisk;
  readonly network: Switch = new Switch();
  readonly reports: Map<CollectionId, SyncReport> = new Map();
  readonly gone: string[] = [];
  /** Which relay this device reaches; undefined means the world's. */
  relay: (() => RelayCore) | undefined;
  /** While false every connection attempt fails. */
  isReachable = true;
  store!: MemoryStore;
  device!: Device;
  client!: SyncClient;
  connections = 0;
  readonly #world: LoopWorld;
  readonly #options: PersonOptions;
  readonly #random: SeededRandom;
  #clock!: Clock & { stop(): void };
  #connection: Connection | undefined;

  constructor(world: LoopWorld, name: string, options: PersonOptions) {
    this.#world = world;
    this.#options = options;
    this.name = name;
    this.disk = options.disk ?? createMemoryDisk();
    this.#random = world.random.fork(`person ${name} ${world.random.int(1e9)}`);
  }

  async open(): Promise<void> {
    const world = this.#world;
    this.#clock = world.clock.process(this.#options.skewMs);
    this.store = this.disk.open();
    const random = this.#random.fork(`term ${this.#random.int(1e9)}`);
    this.device = await openDevice({ store: this.store, clock: this.#clock, random, idleMs: 0 });
    this.client = await createSyncClient(
      {
        device: this.device,
        clock: this.#clock,
        random,
        network: this.network,
        credential: secretCredential(
          createHash('sha256')
            .update(this.#options.account ?? this.name)
            .digest(),
        ),
        connect: () => this.#connect(),
        inflate: (bytes) => Promise.resolve(new Uint8Array(inflateRawSync(bytes))),
        announce: (id) => this.#announce(id),
      },
      { appSchema: this.#options.appSchema ?? 1, deviceId: this.name, name: this.name },
    );
    this.client.onReport((report) => this.reports.set(report.collection, report));
    this.client.onGone((_, reason) => this.gone.push(reason));
  }

  /** Ends the term as a closed tab does, and opens the next over the same disk. */
  async restart(): Promise<void> {
    this.crash();
    await this.open();
  }

  /** The tab dies: nothing it started ever finishes. */
  crash(): void {
    this.#clock.stop();
    this.cut();
    this.store.crash();
  }

  cut(): void {
    this.#connection?.cut();
    this.#connection = undefined;
  }

  run(command: Command): Promise<CommandResult> {
    return this.device.run(command);
  }

  join({ id, secret }: Shared): Promise<void> {
    return this.device.setReach(id, { mode: 'sync', secret });
  }

  report(collection: CollectionId): SyncReport {
    const report = this.reports.get(collection);
    if (report === undefined) throw new Error(`${this.name} has no report of ${collection}.`);
    return report;
  }

  async shown(id: CollectionId): Promise<Shown> {
    while (await this.device.tidy());
    const items: ItemRow[] = [];
    for await (const batch of readRows(this.store, id)) items.push(...batch);
    return this.store.read(['collections', 'folders'], async (tx) => ({
      collection: await tx.get('collections', id),
      folders: await tx.range('folders', { index: 'collection', lower: id, upper: id }),
      items,
    }));
  }

  async names(id: CollectionId): Promise<readonly string[]> {
    return (await this.shown(id)).items.map((item) => item.name).sort();
  }

  tray(): Promise<readonly TrayEntry[]> {
    return this.store.read(['tray'], (tx) => tx.range('tray', {}));
  }

  async #announce(id: CollectionId): Promise<void> {
    const row = await this.store.read(['collections'], (tx) => tx.get('collections', id));
    if (row !== undefined && row.secret !== null) await this.#world.access.createByLink(id, secretHash(row.secret));
  }

  #connect(): Connection['client'] {
    const world = this.#world;
    this.connections += 1;
    const connection = createConnection({
      clock: world.clock,
      random: this.#random.fork(`connection ${this.connections}`),
      maxDelayMs: this.#options.maxDelayMs ?? 2,
      repeat: 0,
      mayRepeat: () => false,
    });
    this.#connection = connection;
    count(connection.client, (bytes) => (world.traffic.toRelay += bytes));
    count(connection.relay, (bytes) => (world.traffic.toClient += bytes));
    if (this.isReachable) (this.relay?.() ?? world.relay).accept(connection.relay);
    else world.clock.after(1, () => connection.cut());
    return connection.client;
  }
}

function count(wire: { send(frame: Uint8Array): void }, add: (bytes: number) => void): void {
  const send = wire.send.bind(wire);
  wire.send = (frame) => {
    add(frame.length);
    send(frame);
  };
}
