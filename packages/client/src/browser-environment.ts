import { createIndexedDbStore, type DeviceStore, type StoreError } from '@cacaw/core/device';
import type { Clock, Random, Wire } from '@cacaw/protocol';
import type { Stop } from './cacaw.ts';
import type { LockMessage } from './channel-locks.ts';
import { createSystemClock, createSystemRandom } from './clock.ts';
import { createBrowserNetwork, type Network } from './network.ts';
import type { StorageEstimate } from './photos/keeper.ts';
import { browserFetch, type Fetch } from './relay-http.ts';
import type { TabLocks } from './tab-channel.ts';
import { createWebSocketWire } from './websocket-wire.ts';

/** Everything the engine takes from a browser, in a page as well as in a worker; tests and embedders may give their own. */
export interface BrowserEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly locks: TabLocks;
  readonly fetch: Fetch;
  readonly WebSocket: typeof WebSocket;
  readonly indexedDB: IDBFactory;
  openStore(name: string, onClosed: (error: StoreError) => void): Promise<DeviceStore>;
  /** Reaches everybody in this browser who opens the same name, never the sender. */
  openChannel<Message>(name: string): Broadcast<Message>;
  openWire(url: string): Wire;
  /** How much room this origin has, where the browser says. */
  readonly estimate?: StorageEstimate | undefined;
  /** Names of the databases of this origin. */
  databases(): Promise<readonly string[]>;
  /** Resolves once the database is deleted: one still open in another tab as soon as that has given way. */
  deleteDatabase(name: string): Promise<void>;
  /** Resolves once the databases whose names begin with `prefix` are deleted, those still open in another tab as soon as they close. */
  deleteDatabases(prefix: string): Promise<void>;
}

/** The browser this code runs in. */
export function createBrowserEnvironment(): BrowserEnvironment {
  const clock = createSystemClock();
  const random = createSystemRandom();
  return {
    clock,
    random,
    network: createBrowserNetwork(),
    locks: 'locks' in navigator ? createWebLocks(navigator.locks) : insecureLocks({ clock, random }),
    fetch: browserFetch,
    WebSocket,
    indexedDB,
    openStore: (name, onClosed) => createIndexedDbStore({ name, onClosed }),
    openChannel: openBroadcast,
    openWire: createWebSocketWire,
    estimate: 'storage' in navigator ? () => navigator.storage.estimate() : undefined,
    databases: () => databaseNames(indexedDB),
    deleteDatabase: (name) => deleteDatabase(indexedDB, name),
    deleteDatabases: async (prefix) => {
      const names = (await databaseNames(indexedDB)).filter((name) => name.startsWith(prefix));
      await Promise.all(names.map((name) => deleteDatabase(indexedDB, name)));
    },
  };
}

/** Only insecure addresses have no Web Locks: what stands in for them is fetched there alone. */
function insecureLocks(ports: Pick<BrowserEnvironment, 'clock' | 'random'>): TabLocks {
  const opening = import('./channel-locks.ts').then(({ createChannelLocks }) =>
    createChannelLocks({ ...ports, channel: openBroadcast<LockMessage>('cacaw-locks') }),
  );
  return { take: async (name, options) => (await opening).take(name, options) };
}

/** Web Locks as tabs use them. */
export function createWebLocks(locks: LockManager): TabLocks {
  return {
    take: (name, { steal, signal, lost }) =>
      new Promise((resolve, reject) => {
        const held = (): Promise<void> => new Promise((release) => resolve({ release }));
        // A lock that is stolen rejects the request that holds it; `reject` does nothing by then.
        locks.request(name, steal ? { steal } : { signal }, held).catch((error: unknown) => {
          reject(error as Error);
          lost();
        });
      }),
  };
}

/** A BroadcastChannel that carries one kind of message. */
export interface Broadcast<Message> {
  post(message: Message): void;
  onMessage(listener: (message: Message) => void): Stop;
  close(): void;
}

function openBroadcast<Message>(name: string): Broadcast<Message> {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    onMessage(listener) {
      const hear = ({ data }: MessageEvent<Message>): void => listener(data);
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
    close: () => channel.close(),
  };
}

const databaseNames = async (factory: IDBFactory): Promise<readonly string[]> =>
  (await factory.databases()).flatMap(({ name }) => name ?? []);

const deleteDatabase = (factory: IDBFactory, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error(`The database ${name} could not be deleted.`));
  });
