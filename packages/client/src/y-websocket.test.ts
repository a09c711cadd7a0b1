import type { CollectionId } from '@cacaw/protocol';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { StockRelay } from '../test/stock-relay.ts';
import { strongRandom } from '../test/strong-random.ts';
import { SwitchedNetwork } from '../test/switched-network.ts';
import { connectFreeDocument, isSuperseded, type FreeCredential, type FreeLink, type FreeStatus } from './y-websocket.ts';

const collection = 'abcdefghijklmnopqrstuv' as CollectionId;
const open: FreeLink[] = [];
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

function visit(
  relay: StockRelay,
  doc: Y.Doc = new Y.Doc(),
  credential: FreeCredential = async () => 'capability.s3cret',
): { doc: Y.Doc; link: FreeLink; clock: ManualClock; network: SwitchedNetwork; seen: FreeStatus[] } {
  const clock = new ManualClock();
  const network = new SwitchedNetwork();
  const ports = { clock, random: strongRandom, network, WebSocket: relay.WebSocket };
  const link = connectFreeDocument(doc, ports, {
    relay: 'ws://relay',
    collection,
    name: 'notebook',
    credential,
  });
  open.push(link);
  const seen: FreeStatus[] = [];
  link.onStatus((status) => seen.push(status));
  return { doc, link, clock, network, seen };
}

const text = (doc: Y.Doc): Y.Text => doc.getText('text');

test('[L70] two plain documents meet over the stock lane, the secret only in a subprotocol', async () => {
  const relay = new StockRelay();
  const [a, b] = [visit(relay), visit(relay)];
  await settled();

  text(a.doc).insert(0, 'hello');
  await settled();

  expect(text(b.doc).toJSON()).toBe('hello');
  expect(relay.urls[0]).toBe(`ws://relay/yjs/${collection}/free.notebook`);
  expect(relay.protocols[0]).toEqual(['yjs', 'capability.s3cret']);
});

test('[L71] an edit is pending until the relay shows that it is committed', async () => {
  const relay = new StockRelay();
  const { doc, link, clock } = visit(relay);
  await settled();
  relay.hold();

  text(doc).insert(0, 'hello');
  await clock.advance(5_000);
  expect(link.status).toEqual({ state: 'sending', pending: 1 });

  relay.commit();
  await clock.advance(10_000);
  expect(link.status).toEqual({ state: 'synced', pending: 0 });
});

test('[L71] a deletion alone is pending too, though no state vector shows it', async () => {
  const relay = new StockRelay();
  const { doc, link, clock } = visit(relay);
  text(doc).insert(0, 'hello');
  await clock.advance(1_000);
  expect(link.status.pending).toBe(0);
  relay.hold();

  text(doc).delete(1, 3);
  await clock.advance(5_000);
  expect(link.status).toEqual({ state: 'sending', pending: 1 });

  relay.commit();
  await clock.advance(10_000);
  expect(link.status.pending).toBe(0);
  expect(relay.doc.getText('text').toJSON()).toBe('ho');
});

test('[L71] what an earlier visit left unsent is pending from the start', async () => {
  const relay = new StockRelay();
  relay.reachable = false;
  const doc = new Y.Doc();
  text(doc).insert(0, 'from yesterday');
  const { link, clock } = visit(relay, doc);
  await settled();
  expect(link.status).toEqual({ state: 'unreachable', pending: 1 });

  relay.reachable = true;
  await clock.advance(60_000);

  expect(link.status).toEqual({ state: 'synced', pending: 0 });
  expect(relay.doc.getText('text').toJSON()).toBe('from yesterday');
});

test('[L71] edits in flight when the connection is lost are sent again and then proven', async () => {
  const relay = new StockRelay();
  const { doc, link, clock } = visit(relay);
  await settled();
  relay.hold();
  text(doc).insert(0, 'lost on the way');
  await settled();
  relay.cut();
  relay.commit();
  expect(relay.doc.getText('text').toJSON()).toBe('');

  await clock.advance(60_000);

  expect(link.status).toEqual({ state: 'synced', pending: 0 });
  expect(relay.doc.getText('text').toJSON()).toBe('lost on the way');
});

test('[L72] reconnects wait with jitter and a ceiling, and end with a success', async () => {
  const relay = new StockRelay();
  const { link, clock } = visit(relay);
  await settled();
  for (let round = 0; round < 50; round += 1) {
    relay.cut(1013, 'lagging');
    await clock.advance(40_000);
    expect(link.status.state).toBe('synced');
  }
  expect(relay.urls.length).toBe(51);
});

test('[L72] offline it holds no connection and tries none; online it connects at once', async () => {
  const relay = new StockRelay();
  const { doc, link, clock, network } = visit(relay);
  await settled();

  network.set(false);
  text(doc).insert(0, 'on the train');
  await clock.advance(120_000);
  expect(link.status).toEqual({ state: 'offline', pending: 1 });
  expect([relay.connections, relay.urls.length]).toEqual([0, 1]);

  network.set(true);
  await clock.advance(500);
  expect(link.status).toEqual({ state: 'synced', pending: 0 });
});

test('[L73] a refusal for good is shown with its code, keeps what is unsent, and is tried again only when asked', async () => {
  const relay = new StockRelay();
  relay.refuse = { code: 4409, reason: 'generation' };
  const doc = new Y.Doc();
  text(doc).insert(0, 'unsent');
  const { link, clock } = visit(relay, doc);

  await clock.advance(120_000);
  expect(link.status).toEqual({ state: 'stopped', code: 4409, reason: 'generation', pending: 1 });
  expect(isSuperseded(link.status)).toBe(true);
  expect(relay.urls.length).toBe(1);

  relay.refuse = null;
  link.retry();
  await clock.advance(1_000);
  expect(link.status).toEqual({ state: 'synced', pending: 0 });
});

test('[L94] the credential is asked for at each connection; one that cannot be had is asked for again, none ends the link until retried', async () => {
  const relay = new StockRelay();
  const answers: (string | null | Error)[] = [new Error('no answer'), 'bearer.first', null, 'bearer.second'];
  const { link, clock } = visit(relay, new Y.Doc(), async () => {
    const answer = answers.shift() ?? null;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  await settled();
  expect(link.status.state).toBe('unreachable');
  await clock.advance(2_000);
  expect(link.status.state).toBe('synced');

  relay.cut();
  await clock.advance(60_000);
  expect(link.status).toMatchObject({ state: 'stopped', code: 4401 });
  link.retry();
  await clock.advance(2_000);
  expect(relay.protocols).toEqual([
    ['yjs', 'bearer.first'],
    ['yjs', 'bearer.second'],
  ]);
});
