import 'fake-indexeddb/auto';
import { newCollectionId, randomBase62 } from '@cacaw/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { StockRelay } from '../test/stock-relay.ts';
import { strongRandom } from '../test/strong-random.ts';
import { SwitchedNetwork } from '../test/switched-network.ts';
import type { PeerChannel, PeerMessage } from './doc-peers.ts';
import { createNotebook, type FreeCredential, type Notebook } from './notebook.ts';

const collection = newCollectionId(strongRandom);
const credential: FreeCredential = async () => 'bearer.t0ken';
const open: Notebook[] = [];
afterEach(async () => {
  for (const notebook of open.splice(0)) await notebook.close();
});

/** One browser profile: databases of its own, tabs that hear each other, and a network. */
class Browser {
  readonly network = new SwitchedNetwork();
  readonly clock = new ManualClock();
  readonly database = `CacawInventory.${randomBase62(strongRandom, 22)}`;
  readonly #relay: StockRelay;
  readonly #peers = new Set<(message: PeerMessage) => void>();

  constructor(relay: StockRelay) {
    this.#relay = relay;
  }

  async open({ credential }: { readonly credential?: FreeCredential } = {}): Promise<Notebook> {
    const { clock, network, database } = this;
    const ports = {
      clock,
      network,
      indexedDB,
      random: strongRandom,
      WebSocket: this.#relay.WebSocket,
      openChannel: () => this.#openChannel(),
    };
    const notebook = await createNotebook(ports, { collection, database, relay: 'ws://relay' });
    if (credential !== undefined) notebook.sync(credential);
    open.push(notebook);
    return notebook;
  }

  #openChannel(): PeerChannel {
    let own: ((message: PeerMessage) => void) | undefined;
    return {
      post: (message) => {
        for (const hear of this.#peers) if (hear !== own) queueMicrotask(() => hear(structuredClone(message)));
      },
      onMessage: (listener) => {
        own = listener;
        this.#peers.add(listener);
        return () => this.#peers.delete(listener);
      },
      close: () => own !== undefined && this.#peers.delete(own),
    };
  }
}

/** Aborts every write until the function returned is called, as a full disk does. */
function fillDisk(): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- always applied to a database below
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof original>) {
    const transaction = original.apply(this, args);
    if (args[1] === 'readwrite') queueMicrotask(() => transaction.abort());
    return transaction;
  };
  return () => {
    IDBDatabase.prototype.transaction = original;
  };
}

test('[L76] a notebook works with no network and is found again at the next visit', async () => {
  const browser = new Browser(new StockRelay());
  browser.network.set(false);
  const notebook = await browser.open();
  notebook.replace({ at: 0, remove: 0, insert: 'milk\neggs\n' });
  notebook.toggleCheck(0);
  await notebook.close();

  const again = await browser.open();

  expect(again.lines.map(({ kind, text }) => `${kind}:${text}`)).toEqual(['open:milk', 'text:eggs', 'text:']);
  expect(again.status).toEqual({ device: { state: 'kept' }, link: { state: 'local', pending: 0 } });
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).toContain(`${browser.database}.${collection}.free.notebook.0`);
});

test('[L76] two devices share one page, live and after both were offline', async () => {
  const relay = new StockRelay();
  const [a, b] = [new Browser(relay), new Browser(relay)];
  const [mine, theirs] = [await a.open({ credential }), await b.open({ credential })];
  await settled();
  mine.replace({ at: 0, remove: 0, insert: 'milk\n' });
  await a.clock.advance(1_000);
  expect(theirs.text.toJSON()).toBe('milk\n');

  for (const browser of [a, b]) browser.network.set(false);
  mine.toggleCheck(0);
  theirs.replace({ at: 5, remove: 0, insert: 'eggs' });
  expect(mine.status.link).toMatchObject({ state: 'offline', pending: 1 });
  for (const browser of [a, b]) browser.network.set(true);
  for (const browser of [a, b]) await browser.clock.advance(2_000);

  for (const notebook of [mine, theirs]) {
    expect(notebook.lines.map(({ kind, text }) => `${kind}:${text}`)).toEqual(['open:milk', 'text:eggs']);
    expect(notebook.status.link).toEqual({ state: 'synced', pending: 0 });
  }
});

test('[L76] a notebook begins to sync when its collection is shared', async () => {
  const relay = new StockRelay();
  const browser = new Browser(relay);
  const notebook = await browser.open();
  notebook.replace({ at: 0, remove: 0, insert: 'before sharing' });

  notebook.sync(credential);
  notebook.sync(credential);
  await browser.clock.advance(2_000);

  expect(relay.doc.getText('page').toJSON()).toBe('before sharing');
  expect(relay.connections).toBe(1);
  expect(relay.protocols[0]).toEqual(['yjs', 'bearer.t0ken']);
});

test('[L77] two tabs of one device show the same page without a network', async () => {
  const browser = new Browser(new StockRelay());
  browser.network.set(false);
  const first = await browser.open();
  first.replace({ at: 0, remove: 0, insert: 'typed before the other opened' });
  const second = await browser.open();
  await settled();
  expect(second.text.toJSON()).toBe('typed before the other opened');

  second.replace({ at: 0, remove: 5, insert: 'written' });
  await settled();
  expect(first.text.toJSON()).toBe('written before the other opened');
});

test('[L78] a page that cannot be kept says so, and loses nothing once it can be again', async () => {
  const browser = new Browser(new StockRelay());
  const notebook = await browser.open();
  const emptyDisk = fillDisk();
  notebook.replace({ at: 0, remove: 0, insert: 'typed on a full device' });
  await vi.waitFor(() => expect(notebook.status.device.state).toBe('unkept'));

  emptyDisk();
  notebook.replace({ at: 0, remove: 5, insert: 'written' });
  await vi.waitFor(() => expect(notebook.status.device).toEqual({ state: 'kept' }));
  await notebook.close();

  expect((await browser.open()).text.toJSON()).toBe('written on a full device');
});

test('[L78] a page the relay made anew keeps its text as a file', async () => {
  const relay = new StockRelay();
  relay.refuse = { code: 4409, reason: 'generation' };
  const browser = new Browser(relay);
  const notebook = await browser.open({ credential });
  notebook.replace({ at: 0, remove: 0, insert: 'unsent' });
  await browser.clock.advance(1_000);

  expect(notebook.isSuperseded).toBe(true);
  expect(notebook.status.link).toMatchObject({ state: 'stopped', code: 4409, pending: 1 });
  expect(notebook.toMarkdown()).toBe('unsent');
});

test('[L94] a notebook that keeps to this device sends nothing more, and what was typed meanwhile is sent when it syncs again', async () => {
  const relay = new StockRelay();
  const browser = new Browser(relay);
  const notebook = await browser.open({ credential });
  await browser.clock.advance(2_000);

  notebook.keepHere();
  notebook.replace({ at: 0, remove: 0, insert: 'only here' });
  await browser.clock.advance(60_000);
  expect(notebook.status.link).toEqual({ state: 'local', pending: 0 });
  expect(relay.doc.getText('page').toJSON()).toBe('');

  notebook.sync(credential);
  await browser.clock.advance(2_000);
  expect(relay.doc.getText('page').toJSON()).toBe('only here');
  expect(notebook.status.link).toEqual({ state: 'synced', pending: 0 });
});
