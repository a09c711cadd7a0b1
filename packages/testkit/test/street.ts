import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { alwaysOnline, createHost, createMemoryTabs, type Cacaw, type Fetch, type HttpInit, type Person } from '@cacaw/client';
import { createMemoryDisk, type MemoryDisk } from '@cacaw/core/device';
import { inventoryGuardSchema } from '@cacaw/core/schema';
import { newCollectionId, randomBase62, type AccountId, type CollectionId, type Credential, type ItemId } from '@cacaw/protocol';
import {
  announcing,
  createApp,
  createMemoryAccess,
  createMemoryDatabase,
  createMemoryMailer,
  createMemoryMedium,
  createMemoryRateLimiter,
  createMemoryUpdateLog,
  createRelayCore,
  createSecretAuthenticator,
  sharingRoutes,
  type Authenticator,
  type Identity,
  type Membership,
  type People,
  type RelayCore,
} from '@cacaw/relay';
import { createConnection, createSeededRandom, createSimulatedClock, type SeededRandom, type SimulatedClock } from '../src/index.ts';

/** Lets everything that has been started come to rest; a request through the relay's real routes takes many turns. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await setImmediate();
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (account: AccountId): string => `${encode({ alg: 'none' })}.${encode({ sub: account })}.`;
const accountOf = (token: string): AccountId =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sub: AccountId }).sub;

/** Whoever says who they are is believed: what a token proves is not what these tests are about. */
function createCredulousAuthenticator(): Authenticator {
  const guests = createSecretAuthenticator();
  const believe = (token: string): Identity => ({ account: accountOf(token), kind: 'account' });
  return {
    identify: async (credential: Credential) => (credential.kind === 'bearer' ? believe(credential.token) : guests.identify(credential)),
    async identifyRequest(headers) {
      const [, token] = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '') ?? [];
      return token === undefined ? undefined : believe(token);
    },
    ended: () => Promise.resolve([]),
  };
}

/** A relay in memory with its real routes, and browsers with tabs whose engines reach it as the app's do. */
export class Street {
  readonly random: SeededRandom;
  readonly clock: SimulatedClock = createSimulatedClock(settle);
  readonly faults: unknown[] = [];
  readonly membership: Membership;
  readonly #relay: RelayCore;
  readonly #app: ReturnType<typeof createApp>;

  constructor(seed = 7) {
    this.random = createSeededRandom(seed);
    const { clock } = this;
    const database = createMemoryDatabase();
    const access = createMemoryAccess(database, { random: this.random.fork('access'), clock });
    const authenticator = createCredulousAuthenticator();
    const observer = {
      fault: (what: string, { error }: { readonly error: unknown }) => this.faults.push(what, error),
      note: () => undefined,
    };
    this.#relay = createRelayCore({
      log: createMemoryUpdateLog(database),
      authenticator,
      access,
      fanOut: createMemoryMedium().join(),
      clock,
      random: this.random.fork('relay'),
      schema: inventoryGuardSchema,
      maxNoteLength: 8_000,
      observer,
    });
    this.membership = announcing(access, (collection) => this.#relay.look(collection));
    const people: People = {
      describe: async (accounts) => new Map(accounts.map((one) => [one, { username: one.slice(0, 4), email: `${one}@mail.example` }])),
    };
    const ports = {
      membership: this.membership,
      people,
      mailer: createMemoryMailer(),
      clock,
      random: this.random.fork('invites'),
      publicUrl: () => 'http://app',
    };
    this.#app = createApp({
      relay: this.#relay,
      routes: sharingRoutes(ports),
      authenticator,
      access,
      limiter: createMemoryRateLimiter(clock),
      clock,
      version: '0.0.0',
      observer,
      origins: () => [],
      ready: async () => ({ isReady: true, checks: {} }),
    });
  }

  /** A browser at which somebody is signed in (null: nobody), on a disk of its own or one that was used before. */
  browser(name: string, account: AccountId | null = this.newAccount(name), disk: MemoryDisk = createMemoryDisk()): StreetBrowser {
    return new StreetBrowser(this, { name, account, disk });
  }

  newAccount(name: string): AccountId {
    return randomBase62(this.random.fork(`account of ${name}`), 22) as AccountId;
  }

  connect(random: SeededRandom): ReturnType<typeof createConnection> {
    const connection = createConnection({ clock: this.clock, random, maxDelayMs: 20, repeat: 0, mayRepeat: () => false });
    this.#relay.accept(connection.relay);
    return connection;
  }

  async ask(url: string, { method, headers, body }: HttpInit): Promise<Response> {
    return this.#app.request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  }

  /** A collection made before there were accounts, and its link. */
  async oldLink(id: CollectionId): Promise<string> {
    const secret = this.random.bytes(32);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(secret)));
    await this.membership.createByLink(id, hash);
    return `http://app/c/${id}#${Buffer.from(secret).toString('base64url')}`;
  }

  /** Runs something that needs time to pass. */
  async during<T>(promise: Promise<T>, ms = 30_000): Promise<T> {
    promise.catch(() => undefined);
    await this.clock.advance(ms);
    return promise;
  }
}

/** One tab of a browser. */
export interface StreetTab {
  readonly cacaw: Cacaw;
  kill(): void;
  /** Cuts its connection; what is under way never arrives. */
  cut(): void;
}

/** One person's browser profile. */
export class StreetBrowser {
  readonly disk: MemoryDisk;
  readonly account: AccountId | null;
  /** Whose sign-in the browser's cookie is by now. */
  cookie: AccountId | null;
  readonly #street: Street;
  readonly #random: SeededRandom;
  readonly #tabs = createMemoryTabs();
  #opened = 0;

  constructor(
    street: Street,
    { name, account, disk }: { readonly name: string; readonly account: AccountId | null; readonly disk: MemoryDisk },
  ) {
    this.#street = street;
    this.#random = street.random.fork(name);
    this.account = account;
    this.cookie = account;
    this.disk = disk;
  }

  async open(): Promise<StreetTab> {
    const random = this.#random.fork(`tab ${(this.#opened += 1)}`);
    const tab = this.#tabs.open();
    const store = this.disk.open();
    const process = this.#street.clock.process();
    const connections: ReturnType<Street['connect']>[] = [];
    const connect = (): ReturnType<Street['connect']>['client'] => {
      const connection = this.#street.connect(random);
      connections.push(connection);
      return connection.client;
    };
    const cacaw = await createHost(
      {
        clock: process,
        random,
        connect,
        network: alwaysOnline,
        locks: tab.locks,
        channel: tab.channel,
        fetch: this.#fetch,
        openStore: () => Promise.resolve(store),
        inflate: (bytes) => Promise.resolve(new Uint8Array(inflateRawSync(bytes))),
        forgetFree: () => Promise.resolve(),
        onError: (error) => this.#street.faults.push(error),
      },
      { database: 'CacawInventory', account: this.account, relay: 'http://relay', publicUrl: 'http://app' },
    );
    const cut = (): void => connections.splice(0).forEach((connection) => connection.cut());
    const kill = (): void => {
      process.stop();
      tab.kill();
      store.crash();
      cut();
    };
    return { cacaw, kill, cut };
  }

  /** The relay's routes, and the one route of authentication a device asks. */
  readonly #fetch: Fetch = async (url, init) => {
    if (!url.endsWith('/api/auth/token')) return this.#street.ask(url, init);
    return this.cookie === null ? new Response('{}', { status: 401 }) : Response.json({ token: tokenOf(this.cookie) });
  };
}

/** What a tab shows of a collection. */
export interface StreetScreen {
  readonly names: () => readonly string[];
  readonly row: (name: string) => ItemId | undefined;
  people: readonly Person[];
  state: string;
  role: string;
}

/** Follows a collection as a screen does. */
export function watch(cacaw: Cacaw, collection: CollectionId): StreetScreen {
  let ids: readonly ItemId[] = [];
  const rows = new Map<ItemId, string>();
  const screen: StreetScreen = {
    names: () => ids.map((id) => rows.get(id) ?? '?').toSorted(),
    row: (name) => ids.find((id) => rows.get(id) === name),
    people: [],
    state: '',
    role: '',
  };
  cacaw.list({ collection }, (change) => {
    const next = [...(change.ids ?? ids)];
    for (const { at, remove, insert } of change.splices) next.splice(at, remove, ...insert);
    ids = next;
    for (const row of change.rows) rows.set(row.id, row.name);
  });
  cacaw.people(collection, (people) => (screen.people = people));
  cacaw.status(collection, ({ status }) => (screen.state = status.state));
  cacaw.collections((all) => (screen.role = all.find(({ id }) => id === collection)?.role ?? ''));
  return screen;
}

/** Adds an item. */
export const add = (cacaw: Cacaw, collection: CollectionId, name: string): Promise<unknown> =>
  cacaw.run({ type: 'addItems', collection, drafts: [{ name }] });

/** Makes a collection with a drill in it. */
export async function createHome(street: Street, cacaw: Cacaw): Promise<CollectionId> {
  const home = newCollectionId(street.random);
  await cacaw.run({ type: 'createCollection', id: home, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  await add(cacaw, home, 'Drill');
  return home;
}
