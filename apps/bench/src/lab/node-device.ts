import {
  alwaysOnline,
  createSyncClient,
  createSystemClock,
  createSystemRandom,
  createWebSocketWire,
  secretCredential,
  type CredentialSource,
  type SyncClient,
  type SyncReport,
} from '@cacaw/client';
import type { Command, ItemRow } from '@cacaw/core';
import { createMemoryDisk, openDevice, rowsAfter, rowStores, type Device, type DeviceStore } from '@cacaw/core/device';
import { inventory } from '@cacaw/core/schema';
import type { CollectionId, Wire } from '@cacaw/protocol';
import { makeLinkedCollection, type RelayPlace } from '@cacaw/testkit/link';
import { observedWire } from '../observed-wire.ts';

/** A frame that crossed a device's socket: its type byte and its size, without the WebSocket header. */
export interface Frame {
  readonly direction: 'sent' | 'received';
  readonly kind: number;
  readonly bytes: number;
}

/** The secret of one shared collection, and where it lies. */
export interface SharedCollection {
  readonly collection: CollectionId;
  readonly secret: Uint8Array;
}

const [clock, random] = [createSystemClock(), createSystemRandom()];

/** A whole device without a browser: the real engine and client over a store in memory and a real socket. */
export class NodeDevice implements AsyncDisposable {
  readonly store: DeviceStore;
  readonly device: Device;
  readonly frames: Frame[] = [];
  readonly #origin: string;
  readonly #credential: CredentialSource;
  #sync: SyncClient | undefined;

  private constructor(device: Device, origin: string, credential: CredentialSource) {
    this.store = device.store;
    this.device = device;
    this.#origin = origin;
    this.#credential = credential;
  }

  /** A device that is not connected yet. Without an account it keeps a secret: whoever connects again is who was there before. */
  static async open(origin: string, credential: CredentialSource = secretCredential(random.bytes(32))): Promise<NodeDevice> {
    const store = createMemoryDisk().open();
    return new NodeDevice(await openDevice({ store, clock, random, idleMs: 0 }), origin, credential);
  }

  async run(commands: Iterable<Command>): Promise<void> {
    for (const command of commands) await this.device.run(command);
  }

  /** Connects and resolves once everything shared is synced. */
  async connect(): Promise<void> {
    const credential = this.#credential;
    this.#sync = await createSyncClient(
      { device: this.device, clock, random, network: alwaysOnline, credential, connect: () => this.#openWire() },
      { appSchema: inventory.version, deviceId: 'bench-device-000', name: 'Bench' },
    );
    await this.synced();
  }

  async disconnect(): Promise<void> {
    await this.#sync?.close();
    this.#sync = undefined;
  }

  /** Resolves when the store holds no pending push and the log is read to its head. */
  synced(): Promise<void> {
    return new Promise((done, failed) => {
      const check = async ({ collection, status }: SyncReport): Promise<void> => {
        // A report may be older than the last command: only the store knows.
        if (status.state !== 'synced' || (await this.device.pending(collection)).length > 0) return;
        stop?.();
        done();
      };
      const stop = this.#sync?.onReport((report) => void check(report).catch(failed));
    });
  }

  /** The first rows in the order of their ids. */
  async rows(collection: CollectionId, count: number): Promise<readonly ItemRow[]> {
    return (await this.store.read(rowStores, (tx) => rowsAfter(tx, collection, { after: '', limit: count }))).slice(0, count);
  }

  /** Makes a collection of this device known to a relay under a new secret. */
  async share(collection: CollectionId, place: RelayPlace): Promise<SharedCollection> {
    const secret = random.bytes(32);
    await makeLinkedCollection(place, collection, secret);
    const shared = { collection, secret };
    await this.reach(shared);
    return shared;
  }

  reach({ collection, secret }: SharedCollection): Promise<void> {
    return this.device.setReach(collection, { mode: 'sync', secret: Buffer.from(secret).toString('base64url') });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
    await this.device[Symbol.asyncDispose]();
  }

  #openWire(): Wire {
    const wire = createWebSocketWire(`${this.#origin.replace('http', 'ws')}/sync`);
    return observedWire(wire, (direction, frame) => void this.frames.push({ direction, kind: frame[0] ?? 0, bytes: frame.length }));
  }
}

/** Bytes of the frames of one direction. */
export const bytesOf = (frames: readonly Frame[], direction: Frame['direction']): number =>
  frames.reduce((sum, one) => sum + (one.direction === direction ? one.bytes : 0), 0);
