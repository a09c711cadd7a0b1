import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { alwaysOnline, createHost, createMemoryTabs, type Cacaw, type Fetch, type Person } from '@cacaw/client';
import { createMemoryDisk } from '@cacaw/core/device';
import { inventoryGuardSchema } from '@cacaw/core/schema';
import { newCollectionId, type CollectionId, type ItemId } from '@cacaw/protocol';
import {
  createMemoryAccess,
  createMemoryDatabase,
  createMemoryMedium,
  createMemoryUpdateLog,
  createRelayCore,
  createSecretAuthenticator,
  type MemoryAccess,
  type RelayCore,
} from '@cacaw/relay';
import { expect, test } from 'vitest';
import { createConnection, createSeededRandom, createSimulatedClock, type SeededRandom, type SimulatedClock } from '../src/index.ts';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await setImmediate();
}

/** A relay in memory, and browsers with tabs whose engines reach it as the app's do. */
class Street {
  readonly random: SeededRandom = createSeededRandom(7);
  readonly clock: SimulatedClock = createSimulatedClock(settle);
  readonly faults: unknown[] = [];
  readonly #relay: RelayCore;
  readonly #access: MemoryAccess;

  constructor() {
    const database = createMemoryDatabase();
    this.#access = createMemoryAccess(database, { random: this.random.fork('access'), clock: this.clock });
    this.#relay = createRelayCore({
      log: createMemoryUpdateLog(database),
      authenticator: createSecretAuthenticator(),
      access: this.#access,
      fanOut: createMemoryMedium().join(),
      clock: this.clock,
      random: this.random.fork('relay'),
      schema: inventoryGuardSchema,
      maxNoteLength: 8_000,
      observer: { fault: (what, { error }) => this.faults.push(what, error), note: () => undefined },
    });
  }

  browser(name: string): Browser {
    return new Browser(this, name);
  }

  connect(random: SeededRandom): ReturnType<typeof createConnection> {
    const connection = createConnection({ clock: this.clock, random, maxDelayMs: 20, repeat: 0, mayRepeat: () => false });
    this.#relay.accept(connection.relay);
    return connection;
  }

  async post(body: string): ReturnType<Fetch> {
    const { id, secretHash } = JSON.parse(body) as { readonly id: CollectionId; readonly secretHash: string };
    const outcome = await this.#access.createByLink(id, new Uint8Array(Buffer.from(secretHash, 'base64url')));
    const status = outcome === 'taken' ? 409 : 201;
    return { ok: status === 201, status, headers: new Headers(), json: async () => ({ id, created: true }) };
  }
}

interface Tab {
  readonly cacaw: Cacaw;
  kill(): void;
}

/** One person's browser profile. */
class Browser {
  readonly #street: Street;
  readonly #random: SeededRandom;
  readonly #disk = createMemoryDisk();
  readonly #tabs = createMemoryTabs();
  #opened = 0;

  constructor(street: Street, name: string) {
    this.#street = street;
    this.#random = street.random.fork(name);
  }

  async open(): Promise<Tab> {
    const { clock } = this.#street;
    const random = this.#random.fork(`tab ${(this.#opened += 1)}`);
    const tab = this.#tabs.open();
    const store = this.#disk.open();
    const process = clock.process();
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
        fetch: (_url, { body = '' }) => this.#street.post(body),
        openStore: () => Promise.resolve(store),
        inflate: (bytes) => Promise.resolve(new Uint8Array(inflateRawSync(bytes))),
        forgetFree: () => Promise.resolve(),
        onError: (error) => this.#street.faults.push(error),
      },
      { database: 'CacawInventory', relay: 'http://relay', publicUrl: 'http://app' },
    );
    const kill = (): void => {
      process.stop();
      tab.kill();
      store.crash();
      for (const connection of connections) connection.cut();
    };
    return { cacaw, kill };
  }
}

/** What a tab shows of a collection. */
function watch(
  cacaw: Cacaw,
  collection: CollectionId,
): { readonly names: () => readonly string[]; people: readonly Person[]; state: string } {
  let ids: readonly ItemId[] = [];
  const rows = new Map<ItemId, string>();
  const screen = { names: () => ids.map((id) => rows.get(id) ?? '?').toSorted(), people: [] as readonly Person[], state: '' };
  cacaw.list({ collection }, (change) => {
    const next = [...(change.ids ?? ids)];
    for (const { at, remove, insert } of change.splices) next.splice(at, remove, ...insert);
    ids = next;
    for (const row of change.rows) rows.set(row.id, row.name);
  });
  cacaw.people(collection, (people) => (screen.people = people));
  cacaw.status(collection, ({ status }) => (screen.state = status.state));
  return screen;
}

const add = (cacaw: Cacaw, collection: CollectionId, name: string): Promise<unknown> =>
  cacaw.run({ type: 'addItems', collection, drafts: [{ name }] });

/** Runs something that needs time to pass. */
async function during<T>(clock: SimulatedClock, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await clock.advance(30_000);
  return promise;
}

async function shareHome(street: Street, cacaw: Cacaw): Promise<{ readonly home: CollectionId; readonly link: string }> {
  const home = newCollectionId(street.random);
  await cacaw.run({ type: 'createCollection', id: home, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  await add(cacaw, home, 'Drill');
  return { home, link: await during(street.clock, cacaw.share(home)) };
}

test('[L59] a link opens the collection in another browser, with everything in it, live in both directions', async () => {
  const street = new Street();
  const [anna, ben] = [await street.browser('anna').open(), await street.browser('ben').open()];
  await anna.cacaw.setName('Anna');
  const { home, link } = await shareHome(street, anna.cacaw);

  expect(await during(street.clock, ben.cacaw.openLink(link))).toBe(home);
  const screens = [watch(anna.cacaw, home), watch(ben.cacaw, home)] as const;
  await add(ben.cacaw, home, 'Saw');
  await add(anna.cacaw, home, 'Hammer');
  await street.clock.advance(5_000);

  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'Hammer', 'Saw']);
  for (const screen of screens) expect(screen.state).toBe('synced');
  expect(screens[1].people.map(({ name }) => name)).toEqual(['Anna']);
  expect(await ben.cacaw.share(home)).toBe(link);
  expect(street.faults).toEqual([]);
});

test('[L59] a link with a wrong secret opens nothing and leaves nothing behind', async () => {
  const street = new Street();
  const [anna, ben] = [await street.browser('anna').open(), await street.browser('ben').open()];
  const { link } = await shareHome(street, anna.cacaw);
  const collections: string[][] = [];
  ben.cacaw.collections((rows) => collections.push(rows.map(({ name }) => name)));

  const opening = during(street.clock, ben.cacaw.openLink(`${link.slice(0, -2)}AA`));

  await expect(opening).rejects.toMatchObject({ code: 'unknown-link' });
  expect(collections.at(-1) ?? []).toEqual([]);
});

test('[L57] a tab takes over in the middle of syncing: nothing is lost, nothing twice', async () => {
  const street = new Street();
  const house = street.browser('anna');
  const [leader, follower] = [await house.open(), await house.open()];
  const ben = await street.browser('ben').open();
  const { home, link } = await shareHome(street, leader.cacaw);
  await during(street.clock, ben.cacaw.openLink(link));
  const screens = [watch(follower.cacaw, home), watch(ben.cacaw, home)] as const;
  await street.clock.advance(1_000);

  const adding = ['a', 'b', 'c', 'd'].map((name) => add(follower.cacaw, home, name));
  await settle();
  leader.kill();
  await during(street.clock, Promise.all([...adding, add(ben.cacaw, home, 'e')]));

  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'a', 'b', 'c', 'd', 'e']);
  expect(screens[0].state).toBe('synced');
  expect(street.faults).toEqual([]);
});
