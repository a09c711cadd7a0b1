import type { CollectionRow, ListChange, Tree } from '@cacaw/core';
import { createMemoryDisk, type MemoryDisk, type MemoryStore } from '@cacaw/core/device';
import {
  newCollectionId,
  type AccountId,
  type CollectionId,
  type ItemId,
  type MemberId,
  type Seq,
  type Wire,
  type WireRole,
} from '@cacaw/protocol';
import type { Cacaw } from '../src/cacaw.ts';
import { createHost } from '../src/host.ts';
// Fetched by a tab when it is needed; here the time that takes would be the test's.
import '../src/open-office.ts';
import '../src/open-sharing.ts';
import '../src/photos/photo-office.ts';
import '../src/detection/look-office.ts';
import '../src/detection/open-detection.ts';
import type { Detectors } from '../src/detection/detectors.ts';
import { createMemoryTabs, type MemoryTab } from '../src/memory-tabs.ts';
import type { TabChannel } from '../src/tab-channel.ts';
import { tokenFor } from './account-token.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedHttp } from './scripted-http.ts';
import { ScriptedRelay, type ScriptedConnection } from './scripted-relay.ts';
import { strongRandom } from './strong-random.ts';
import { SwitchedNetwork } from './switched-network.ts';

/** Somebody with an account. */
export const anna: AccountId = 'A'.repeat(22) as AccountId;

/** One tab of a test's browser. */
export interface TestTab {
  readonly cacaw: Cacaw;
  readonly store: MemoryStore;
  /** Ends the tab at once, its store connection included. */
  kill(): void;
  freeze(): void;
  thaw(): void;
}

/** One browser profile: a disk, its tabs, a network, and a relay's HTTP face that says what it is told to. */
export class TestBrowser {
  readonly disk: MemoryDisk;
  readonly clock: ManualClock = new ManualClock();
  readonly network: SwitchedNetwork = new SwitchedNetwork();
  readonly errors: unknown[] = [];
  readonly forgotten: CollectionId[] = [];
  /** What the browser says of the room it has. */
  room: { readonly usage?: number; readonly quota?: number } = {};
  /** What looks at photos without the relay. */
  detectors: Detectors = {};
  /** What the account seals looks with. */
  lookKey: string | undefined;
  /** Who is signed in at this browser. */
  readonly account: AccountId | null;
  /** The relay's HTTP face: it knows who is signed in, and takes whatever collection it is given. */
  readonly http: ScriptedHttp = new ScriptedHttp();
  /** Everything tabs have said to each other. */
  readonly said: unknown[] = [];
  /** The relay's sockets; nowhere until a test answers them. */
  connect: () => Wire = deadWire;
  readonly #tabs = createMemoryTabs();

  constructor({ account = anna, disk = createMemoryDisk() }: { readonly account?: AccountId | null; readonly disk?: MemoryDisk } = {}) {
    this.account = account;
    this.disk = disk;
    this.http.on('GET /api/auth/token', account === null ? { status: 401 } : { status: 200, body: { token: tokenFor(account) } });
    this.http.on('GET /api/collections', { status: 200, body: [] });
    this.http.on('POST /api/collections', ({ body }) => ({ status: 201, body: { ...(body as object), created: true } }));
  }

  /** What the relay was asked to make. */
  get founded(): readonly unknown[] {
    return this.http.heard.filter(({ method, path }) => method === 'POST' && path === '/api/collections').map(({ body }) => body);
  }

  #overhear(channel: TabChannel): TabChannel {
    return {
      post: (message) => {
        this.said.push(message);
        channel.post(message);
      },
      onMessage: (listener) => channel.onMessage(listener),
      close: () => channel.close(),
    };
  }

  async open(): Promise<TestTab> {
    const tab = this.#tabs.open();
    const channel = this.#overhear(tab.channel);
    const store = this.disk.open();
    const cacaw = await createHost(
      {
        clock: this.clock,
        random: strongRandom,
        network: this.network,
        locks: tab.locks,
        channel,
        fetch: this.http.fetch,
        connect: () => this.connect(),
        openStore: () => Promise.resolve(store),
        detectors: this.detectors,
        estimate: () => Promise.resolve(this.room),
        forgetFree: async (collection) => void this.forgotten.push(collection),
        onError: (error) => this.errors.push(error),
      },
      {
        ...{ database: 'CacawInventory', account: this.account, lookKey: this.lookKey },
        ...{ relay: 'https://relay.test', publicUrl: 'https://app.test' },
      },
    );
    return { cacaw, store, ...powers(tab, store) };
  }
}

function powers(tab: MemoryTab, store: MemoryStore): Pick<TestTab, 'kill' | 'freeze' | 'thaw'> {
  return {
    kill() {
      tab.kill();
      store.crash();
    },
    freeze() {
      tab.freeze();
      store.freeze();
    },
    thaw() {
      store.thaw();
      tab.thaw();
    },
  };
}

/** Lets a browser's next connection reach a relay, which welcomes it and lets it into whatever it joins. */
export async function answerAsRelay(browser: TestBrowser, role: WireRole = 'editor'): Promise<ScriptedConnection> {
  const relay = new ScriptedRelay(browser.clock);
  browser.connect = relay.connect;
  browser.network.set(false);
  browser.network.set(true);
  await browser.clock.advance(1_000);
  const connection = relay.welcome();
  await browser.clock.advance(1_000);
  for (const define of connection.all('define').filter(({ table }) => table === 'collection')) {
    connection.send(define);
    connection.send({ ...emptyLog, role, collection: define.handle });
  }
  await browser.clock.advance(1_000);
  return connection;
}

/** Lets a relay commit everything it was sent, once. */
export async function commitAll(browser: TestBrowser, connection: ScriptedConnection): Promise<void> {
  for (const define of connection.all('define').filter(({ table }) => table === 'writer')) connection.send(define);
  for (const [at, { collection, writer, ref }] of connection.all('push').entries()) {
    const seq = (at + 1) as Seq;
    connection.send({ type: 'ack', collection, writer, ref, seq, chain: new Uint8Array(8).fill(seq) });
  }
  await browser.clock.advance(1_000);
}

/** What a relay says of a collection nobody has written to. */
const emptyLog = {
  type: 'joined',
  member: 1 as MemberId,
  role: 'editor',
  lineage: new Uint8Array(16),
  head: 0 as Seq,
  chain: new Uint8Array(8),
  base: { seq: 0 as Seq, receivedAt: Date.UTC(2026, 0, 1) },
  changed: 0,
  lastRefs: [],
  minimumSchema: 0,
  reconcile: false,
} as const;

/** A wire to nowhere. */
const deadWire = (): Wire => ({
  buffered: 0,
  send: () => undefined,
  close: () => undefined,
  onFrame: () => undefined,
  onClose: (listener) => queueMicrotask(() => listener(1006, '')),
});

/** Makes a collection and returns its id. */
export async function createHome(cacaw: Cacaw): Promise<CollectionId> {
  const id = newCollectionId(strongRandom);
  await cacaw.run({ type: 'createCollection', id, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  return id;
}

/** Follows one collection as a screen would, in plain variables. */
export class Screen {
  ids: readonly ItemId[] = [];
  readonly names: Map<ItemId, string> = new Map();
  tree: Tree | undefined;
  collections: readonly CollectionRow[] = [];
  complete = false;
  readonly stop: () => void;

  readonly #cacaw: Cacaw;

  constructor(cacaw: Cacaw, collection: CollectionId) {
    this.#cacaw = cacaw;
    const stops = [
      cacaw.list({ collection }, (change) => this.#take(change)),
      cacaw.tree(collection, (tree) => (this.tree = tree)),
      cacaw.collections((rows) => (this.collections = rows)),
    ];
    this.stop = () => {
      for (const stop of stops) stop();
    };
  }

  /** Names in the order shown. */
  get shown(): readonly string[] {
    return this.ids.map((id) => this.names.get(id) ?? '?');
  }

  /** Rows that come into sight are asked for, as a virtual list does. */
  async #fetch(ids: readonly ItemId[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await this.#cacaw.rows(ids);
    for (const row of rows) if (!this.names.has(row.id)) this.names.set(row.id, row.name);
  }

  #take(change: ListChange): void {
    const ids = [...(change.ids ?? this.ids)];
    for (const { at, remove, insert } of change.splices) ids.splice(at, remove, ...insert);
    this.ids = ids;
    for (const row of change.rows) this.names.set(row.id, row.name);
    void this.#fetch(ids.filter((id) => !this.names.has(id)));
    this.complete = change.complete;
  }
}
