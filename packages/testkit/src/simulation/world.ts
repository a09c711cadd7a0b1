import { createHash } from 'node:crypto';
import { createMemoryDisk, type MemoryDisk } from '@cacaw/core/device';
import { differences, pendingIn, shownBy, shownFrom } from '@cacaw/core/testing';
import { parseDocumentName, type CollectionId, type DocumentName } from '@cacaw/protocol';
import { createMemoryMedium, type LogRow, type UpdateLog } from '@cacaw/relay';
import { nextCommand } from '../actions.ts';
import { createSimulatedClock, type SimulatedClock } from '../clock.ts';
import type { Direction } from '../network.ts';
import { createSeededRandom, type SeededRandom } from '../random.ts';
import { Ledger } from './ledger.ts';
import type { PlantedBug } from './planted.ts';
import type { SimulatedDatabase } from './simulated-database.ts';
import { SimulatedDevice, type DeviceGround } from './simulated-device.ts';
import { SimulatedRelay } from './simulated-relay.ts';

/** How a world is laid out; everything else follows from the seed. */
export interface WorldOptions {
  readonly seed: number;
  readonly devices: number;
  readonly relays: number;
  /** Hints between relays never arrive. */
  readonly hintsLost: boolean;
  readonly database: SimulatedDatabase;
  readonly collection: CollectionId;
  readonly planted?: PlantedBug | undefined;
}

/** Thrown when an invariant does not hold; the message names the seed and how to replay it. */
export class Broken extends Error {}

/** Numbers (PROTOCOL.md) of the frames that may arrive twice, as when a first copy was only late: pushes, acks and the tail. */
const repeatable = { toRelay: [8], toClient: [6, 7] };
const mayRepeat = (frame: Uint8Array, direction: Direction): boolean => repeatable[direction].includes(frame[0] ?? 0);

/** Several devices, one or two relays and a network, all real but for time, disk, cable and database. */
export class World {
  readonly options: WorldOptions;
  readonly random: SeededRandom;
  readonly clock: SimulatedClock;
  readonly collection: CollectionId;
  readonly devices: SimulatedDevice[] = [];
  readonly relays: SimulatedRelay[] = [];
  readonly ledger: Ledger = new Ledger();
  readonly #ground: DeviceGround;
  readonly #secret: Uint8Array;
  /** The committed log as last read. */
  #log: readonly LogRow[] = [];
  readonly #checked = new Map<SimulatedDevice, number>();
  /** Of connections opened from now on. */
  bytesPerSecond: number = Infinity;
  #fault: Error | undefined;
  /** The log may be behind its readers until they have reconciled. */
  #wasRestored = false;

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = createSeededRandom(options.seed);
    this.clock = createSimulatedClock(() => options.database.settle());
    this.collection = options.collection;
    this.#secret = this.random.bytes(32);
    this.#ground = this.#deviceGround();
    const medium = createMemoryMedium(() => options.hintsLost);
    const ground = {
      clock: this.clock,
      random: this.random,
      database: options.database,
      fanOut: medium.join,
      mayRepeat,
      bytesPerSecond: () => this.bytesPerSecond,
      observer: { fault: (what: string, { error }: { readonly error: unknown }) => this.#relayFault(what, error), note: () => undefined },
      spoilLog: (log: UpdateLog) => options.planted?.spoilLog?.(log, options.database) ?? log,
    };
    for (let index = 0; index < options.relays; index += 1) this.relays.push(new SimulatedRelay(ground, `relay ${index}`));
  }

  /** Starts the devices: the first makes the collection, the others open it by its link. */
  async begin(): Promise<void> {
    await this.options.database.access.createByLink(this.collection, createHash('sha256').update(this.#secret).digest());
    for (let index = 0; index < this.options.devices; index += 1) this.addDevice();
    await this.clock.advance(500);
    this.devices[0]?.run({ type: 'createCollection', id: this.collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
    await this.clock.advance(200);
    for (const device of this.devices) this.openLink(device);
    await this.clock.advance(3000);
  }

  /** The device opens the collection by its link. */
  openLink(device: SimulatedDevice): void {
    const opened = device.device?.setReach(this.collection, { mode: 'sync', secret: Buffer.from(this.#secret).toString('base64url') });
    opened?.catch((error: unknown) => this.#ground.onFault(`${device.name} could not open the link`, error));
  }

  addDevice(disk: MemoryDisk = createMemoryDisk(), account: Uint8Array = this.random.bytes(32)): SimulatedDevice {
    const name = `device ${this.devices.length}`;
    const device = new SimulatedDevice(this.#ground, { name, disk, account, random: this.random.fork(name) });
    this.devices.push(device);
    device.start();
    return device;
  }

  /** Somebody does something on this device. */
  act(device: SimulatedDevice, refused = false): void {
    const command = nextCommand({ collection: this.collection, items: device.items, folders: device.folders }, this.random, refused);
    if (command === undefined) return;
    if (refused) this.ledger.count('refusals asked');
    device.run(command);
  }

  /** A worker makes one of the collection's documents anew. */
  mint(): void {
    const bases = [...new Set(this.#log.map((row) => parseDocumentName(row.document)?.base ?? 'root'))];
    if (bases.length > 0) this.random.pick(this.relays).mint(this.collection, this.random.pick(bases));
  }

  backup(): Promise<() => Promise<void>> {
    return this.options.database.backup();
  }

  /** The relays come back on an older copy of their database, as after a failed disk. */
  async restore(bringBack: () => Promise<void>): Promise<void> {
    for (const relay of this.relays) relay.crash();
    await this.options.database.settle();
    await bringBack();
    this.#wasRestored = true;
    this.ledger.count('restores');
    for (const relay of this.relays) relay.start();
  }

  /** Checks every device that has changed: its rows are the log up to its cursor plus its pending writes. */
  async check(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    this.#log = await this.options.database.rows();
    for (const device of this.devices) {
      if (!device.isAtRest || this.#checked.get(device) === device.commits) continue;
      this.#checked.set(device, device.commits);
      await this.#checkDevice(device);
    }
  }

  async #checkDevice(device: SimulatedDevice): Promise<void> {
    const store = device.disk.clone().open();
    const [cursor, confirmed] = await store.read(['cursors', 'confirmed'], (tx) =>
      Promise.all([tx.get('cursors', this.collection), tx.range('confirmed', { prefix: [this.collection] })]),
    );
    const newest = new Map<string, number>();
    for (const { document, seq } of confirmed) newest.set(document, Math.max(newest.get(document) ?? 0, seq));
    const read = Math.max(cursor?.seq ?? 0, ...newest.values());
    if (this.#wasRestored) return;
    if (read > this.#log.length) this.fail(`${device.name} has read up to ${read}, the log ends at ${this.#log.length}`);
    const current = new Set(this.#currentDocuments());
    // A page no longer carries what a mint has superseded; until the mint itself arrives by the tail, the device shows what it has.
    const readTo = (document: DocumentName): number => Math.max(current.has(document) ? (cursor?.seq ?? 0) : 0, newest.get(document) ?? 0);
    const seen = this.#log.filter((row) => row.seq <= readTo(row.document));
    const wrong = differences(
      await shownBy(store, this.collection),
      shownFrom(this.collection, seen, await pendingIn(store, this.collection)),
    );
    if (wrong.length > 0) this.fail(`${device.name} shows other rows than its log and its pending writes:\n${wrong.join('\n')}`);
  }

  /** Names of documents in their newest generation. */
  #currentDocuments(): Iterable<DocumentName> {
    const current = new Map<string, { readonly document: DocumentName; readonly generation: number }>();
    for (const { document } of this.#log) {
      const { base, generation } = parseDocumentName(document) ?? { base: document, generation: 0 };
      if (generation >= (current.get(base)?.generation ?? 0)) current.set(base, { document, generation });
    }
    return [...current.values()].map(({ document }) => document);
  }

  /** Ends all trouble and waits until every device has everything and nothing is pending. */
  async calm(): Promise<void> {
    for (const relay of this.relays) relay.calm();
    for (const device of this.devices) {
      device.thaw();
      device.start();
      device.setOnline(true);
    }
    for (let waited = 0; waited < 600; waited += 1) {
      await this.clock.advance(500);
      await this.check();
      if (await this.isCalm()) return;
    }
    this.fail(`not calm after five minutes of quiet: ${(await Promise.all(this.devices.map((one) => this.#stateOf(one)))).join('; ')}`);
  }

  /** Whether every device has read the whole log and has nothing left to send. */
  async isCalm(): Promise<boolean> {
    this.#log = await this.options.database.rows();
    for (const device of this.devices) {
      if (!device.isAtRest) return false;
      const store = device.disk.clone().open();
      const cursor = await store.read(['cursors'], (tx) => tx.get('cursors', this.collection));
      if (cursor?.seq !== this.#log.length || cursor.pull !== undefined) return false;
      if ((await pendingIn(store, this.collection)).length > 0) return false;
    }
    return true;
  }

  async #stateOf(device: SimulatedDevice): Promise<string> {
    const store = device.disk.clone().open();
    const cursor = await store.read(['cursors'], (tx) => tx.get('cursors', this.collection));
    const pending = await pendingIn(store, this.collection);
    const refs = pending.map((one) => `${one.writer}/${one.ref}${one.committed === true ? ' committed' : ''}`);
    const pull = cursor?.pull === undefined ? '' : `, pulling to ${cursor.pull.head}`;
    const state = `${device.isUp ? 'up' : 'down'}${device.isAtRest ? '' : ', in a transaction'}`;
    return `${device.name} (${state}) at ${cursor?.seq} of ${this.#log.length}${pull}, pending ${refs.join(' ')}, ${device.report}`;
  }

  /** After calm: every device shows the log, nothing kept is missing, counts add up. */
  async finish(): Promise<void> {
    this.#wasRestored = false;
    this.#checked.clear();
    const expected = shownFrom(this.collection, this.#log, []);
    for (const device of this.devices) {
      const store = device.disk.clone().open();
      const wrong = differences(await shownBy(store, this.collection), expected);
      if (wrong.length > 0) this.fail(`${device.name} did not converge:\n${wrong.join('\n')}`);
      this.ledger.excuse(await store.read(['tray'], (tx) => tx.range('tray', {})));
    }
    const lost = this.ledger.missing(this.#log);
    if (lost.length > 0) this.fail(`kept and lost:\n${lost.join('\n')}`);
    this.ledger.count(
      'crashes',
      this.relays.reduce((sum, relay) => sum + relay.crashes, 0),
    );
    this.ledger.count(
      'lost connections',
      this.devices.reduce((sum, device) => sum + device.lostConnections, 0),
    );
  }

  fail(what: string): never {
    const planted = this.options.planted === undefined ? '' : ` with ${this.options.planted.name}`;
    throw new Broken(
      `seed ${this.options.seed}${planted}: ${what}\nReplay: CACAW_SEED=${this.options.seed} pnpm vitest run --project sim packages/testkit/test/simulator.sim.test.ts`,
    );
  }

  #relayFault(what: string, error: unknown): void {
    const code = (error as { readonly code?: unknown }).code;
    if (code !== 'log-unavailable') this.#fault ??= new Broken(`relay: ${what}`, { cause: error });
  }

  #deviceGround(): DeviceGround {
    const { planted } = this.options;
    return {
      clock: this.clock,
      collection: this.collection,
      connect: () => {
        const up = this.relays.filter((relay) => relay.isUp);
        return up.length === 0 ? undefined : this.random.pick(up).connect();
      },
      onKept: (pending) => this.ledger.keep(pending, this.#log),
      onFault: (what, error) => {
        this.#fault ??= new Broken(`seed ${this.options.seed}: ${what}`, { cause: error });
      },
      spoilWire: (wire) => planted?.spoilWire?.(wire) ?? wire,
      spoilDevice: (device) => planted?.spoilDevice?.(device, this.collection, () => undefined) ?? device,
      spoilRandom: (random, device) => planted?.spoilRandom?.(random, device) ?? random,
    };
  }
}
