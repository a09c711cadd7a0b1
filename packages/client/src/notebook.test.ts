import type { CollectionId } from '@cacaw/protocol';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { StockRelay } from '../test/stock-relay.ts';
import { strongRandom } from '../test/strong-random.ts';
import { SwitchedNetwork } from '../test/switched-network.ts';
import type { PeerChannel, PeerMessage } from './doc-peers.ts';
import { createNotebook, type Notebook, type NotebookPorts } from './notebook.ts';

const collection = 'abcdefghijklmnopqrstuv' as CollectionId;
const secret = 's'.repeat(43);
const open: Notebook[] = [];
afterEach(async () => {
  for (const notebook of open.splice(0)) await notebook.close();
});

/** One browser: documents kept by name, tabs that hear each other, and a network. */
class Browser {
  readonly kept = new Map<string, Uint8Array[]>();
  readonly network = new SwitchedNetwork();
  readonly clock = new ManualClock();
  readonly relay: StockRelay;
  broken = false;
  #fail: (error: Error) => void = () => undefined;
  readonly #peers = new Set<(message: PeerMessage) => void>();

  constructor(relay: StockRelay) {
    this.relay = relay;
  }

  async open(options: { readonly secret?: string } = {}): Promise<Notebook> {
    const notebook = await createNotebook(this.#ports(), { collection, database: 'CacawInventory', relay: 'ws://relay', ...options });
    open.push(notebook);
    return notebook;
  }

  failKeeping(): void {
    this.#fail(new Error('This device is full.'));
  }

  #ports(): NotebookPorts {
    const { clock, network, relay } = this;
    return { clock, network, random: strongRandom, WebSocket: relay.WebSocket, keep: (name, doc) => this.#keep(name, doc), openPeers: () => this.#openPeers() };
  }

  #keep(name: string, doc: Y.Doc): ReturnType<NotebookPorts['keep']> {
    const updates = this.kept.get(name) ?? [];
    this.kept.set(name, updates);
    for (const update of updates) Y.applyUpdate(doc, update, 'kept');
    doc.on('update', (update: Uint8Array) => updates.push(update));
    return {
      loaded: this.broken ? Promise.reject(new Error('The database could not be read.')) : Promise.resolve(),
      onFailure: (listener) => {
        this.#fail = listener;
        return () => undefined;
      },
      close: async () => undefined,
    };
  }

  #openPeers(): PeerChannel {
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
  expect([...browser.kept.keys()]).toEqual([`CacawInventory.${collection}.free.notebook.0`]);
});

test('[L76] two devices share one page, live and after both were offline', async () => {
  const relay = new StockRelay();
  const [a, b] = [new Browser(relay), new Browser(relay)];
  const [mine, theirs] = [await a.open({ secret }), await b.open({ secret })];
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

  notebook.share(secret);
  notebook.share(secret);
  await browser.clock.advance(2_000);

  expect(relay.doc.getText('page').toJSON()).toBe('before sharing');
  expect(relay.connections).toBe(1);
  expect(relay.protocols[0]).toEqual(['yjs', `capability.${secret}`]);
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

test('[L78] a page that cannot be kept says so, and is shown and synced all the same', async () => {
  const relay = new StockRelay();
  const browser = new Browser(relay);
  browser.broken = true;
  const notebook = await browser.open({ secret });
  expect(notebook.status.device).toEqual({ state: 'unkept', reason: 'The database could not be read.' });

  const other = new Browser(relay);
  const kept = await other.open({ secret });
  let calls = 0;
  kept.onChange(() => (calls += 1));
  other.failKeeping();
  expect(kept.status.device).toEqual({ state: 'unkept', reason: 'This device is full.' });
  expect(calls).toBe(1);
});

test('[L78] a page the relay made anew keeps its text as a file', async () => {
  const relay = new StockRelay();
  relay.refuse = { code: 4409, reason: 'generation' };
  const browser = new Browser(relay);
  const notebook = await browser.open({ secret });
  notebook.replace({ at: 0, remove: 0, insert: 'unsent' });
  await browser.clock.advance(1_000);

  expect(notebook.isSuperseded).toBe(true);
  expect(notebook.status.link).toMatchObject({ state: 'stopped', code: 4409, pending: 1 });
  expect(notebook.toMarkdown()).toBe('unsent');
});
