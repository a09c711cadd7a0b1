import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { newCollectionId, type AccountId, type CollectionId } from '@cacaw/protocol';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { until, type HttpRelay } from '../../test/http-relay.ts';
import type { NativeClient } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { connectSocket } from '../../test/socket-client.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';

let world: AccountWorld;
let far: HttpRelay;
let anna: Browser;
let count = 0;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  far = await world.another();
  anna = await world.signedUp('anna');
});
afterAll(() => world.stop());
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Invited {
  readonly browser: Browser;
  readonly account: AccountId;
  readonly id: CollectionId;
}

const json = async (answer: Promise<Response>): Promise<{ readonly [field: string]: unknown }> =>
  (await (await answer).json()) as { readonly [field: string]: unknown };

async function collectionOfAnna(): Promise<CollectionId> {
  const id = newCollectionId(systemRandom);
  expect((await anna.post('/api/collections', { id })).status).toBe(201);
  return id;
}

/** Somebody new in a collection of Anna's. */
async function invited(role: 'editor' | 'viewer'): Promise<Invited> {
  const id = await collectionOfAnna();
  const browser = await world.signedUp(`guest${(count += 1)}`);
  const { link } = await json(anna.post(`/api/collections/${id}/invites`, { role }));
  const secret = String(link).split('#')[1];
  expect((await browser.post('/api/invites/accept', { secret })).status).toBe(200);
  return { browser, account: (await json(browser.get('/api/account')))['accountId'] as AccountId, id };
}

async function join(relay: HttpRelay, { browser, id }: Pick<Invited, 'browser' | 'id'>): Promise<NativeClient> {
  const client = connectSocket(relay.port);
  closers.push(() => client.close());
  client.helloWith({ kind: 'bearer', token: await browser.token() });
  client.join(id);
  await until(() => client.last('joined') !== undefined);
  return client;
}

/** A stock client that counts how often it connected. */
interface Stock {
  readonly provider: WebsocketProvider;
  readonly codes: number[];
  readonly connections: () => number;
}

function stock(
  relay: HttpRelay,
  id: CollectionId,
  credential: { readonly token?: string; readonly headers?: Record<string, string> },
): Stock {
  const codes: number[] = [];
  let connections = 0;
  class Counted extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: credential.headers ?? {} });
      connections += 1;
    }
  }
  const provider = new WebsocketProvider(`ws://127.0.0.1:${relay.port}/yjs/${id}`, 'free.notebook', new Y.Doc(), {
    protocols: ['yjs', ...(credential.token === undefined ? [] : [`bearer.${credential.token}`])],
    disableBc: true,
    maxBackoffTime: 50,
    WebSocketPolyfill: Counted as unknown as typeof globalThis.WebSocket,
  });
  provider.on('connection-close', (event: { readonly code?: number } | null) => void codes.push(event?.code ?? 0));
  closers.push(() => provider.destroy());
  return { provider, codes, connections: () => connections };
}

/** How long `change` takes to be noticed. */
async function lagOf(change: () => Promise<unknown>, isNoticed: () => boolean): Promise<number> {
  await change();
  const from = systemClock.now();
  await until(isNoticed);
  return systemClock.now() - from;
}

const memberPath = ({ id, account }: Invited): string => `/api/collections/${id}/members/${account}`;

describe('cut off', () => {
  it('[R57] removed here, gone there: within two seconds on a relay no hint reaches, at once on its own', async () => {
    const ben = await invited('editor');
    const [near, there] = [await join(world.http, ben), await join(far, ben)];

    const lag = await lagOf(
      () => anna.send(memberPath(ben), { method: 'DELETE', headers: { origin: world.origin } }),
      () => near.last('gone') !== undefined && there.last('gone') !== undefined,
    );
    there.push(ben.id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('late') });

    expect([near.last('gone'), there.last('gone')]).toMatchObject([{ reason: 'removed' }, { reason: 'removed' }]);
    expect(lag).toBeLessThan(2_000);
    expect(await world.database.sql`select from updates where collection_id = ${ben.id}`).toHaveLength(0);
  });

  it('[R57] commits nothing of a removed member, on a relay that has not heard of it', async () => {
    const ben = await invited('editor');
    const there = await join(far, ben);

    await anna.send(memberPath(ben), { method: 'DELETE', headers: { origin: world.origin } });
    there.push(ben.id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('late') });
    await until(() => there.last('refused') !== undefined || there.last('gone') !== undefined);

    expect(there.of('ack')).toEqual([]);
    expect(await world.database.sql`select from updates where collection_id = ${ben.id}`).toHaveLength(0);
  });

  it('[R57] an editor made a viewer is told so on both relays and may write no more', async () => {
    const ben = await invited('editor');
    const [near, there] = [await join(world.http, ben), await join(far, ben)];

    const lag = await lagOf(
      () => anna.patch(memberPath(ben), { role: 'viewer' }),
      () => near.last('access') !== undefined && there.last('access') !== undefined,
    );
    there.push(ben.id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('late') });
    await until(() => there.last('refused') !== undefined);

    expect([near.last('access'), there.last('access')]).toMatchObject([{ role: 'viewer' }, { role: 'viewer' }]);
    expect(there.last('refused')).toMatchObject({ kind: 'role' });
    expect(lag).toBeLessThan(2_000);
  });

  it('[R57] signing out closes the connections of that sign-in with 4401 on both relays and both lanes, and no others', async () => {
    const ben = await invited('editor');
    const elsewhere = world.browser();
    const email = `guest${count}@mail.example`;
    await elsewhere.post('/api/auth/sign-in/email', { email, password: 'correct horse battery staple' });
    const [near, there, other] = [await join(world.http, ben), await join(far, ben), await join(far, { ...ben, browser: elsewhere })];
    const note = stock(far, ben.id, { token: await ben.browser.token() });
    await until(() => note.provider.synced);

    const lag = await lagOf(
      () => ben.browser.post('/api/auth/sign-out'),
      () => near.closed !== undefined && there.closed !== undefined && note.codes.length > 0,
    );

    expect([near.closed?.code, there.closed?.code, note.codes]).toEqual([4401, 4401, [4401]]);
    expect(lag).toBeLessThan(2_000);
    expect(other.closed).toBeUndefined();
  });
});

describe('the stock lane for accounts', () => {
  it('[Y11] lets an account in by its token, or by its cookie from a page of a listed origin', async () => {
    const ben = await invited('editor');
    const cookie = ben.browser.cookie;
    const byToken = stock(world.http, ben.id, { token: await ben.browser.token() });
    const byCookie = stock(far, ben.id, { headers: { cookie, origin: world.origin } });
    await until(() => byToken.provider.synced && byCookie.provider.synced);

    byCookie.provider.doc.getText('t').insert(0, 'by cookie');
    await until(() => byToken.provider.doc.getText('t').toJSON() === 'by cookie');

    const unnamed = stock(world.http, ben.id, { headers: { cookie } });
    const foreign = stock(world.http, ben.id, { headers: { cookie, origin: 'http://evil.example' } });
    await until(() => unnamed.codes.length > 0 && foreign.codes.length > 0);
    foreign.provider.destroy();
    expect(unnamed.codes).toEqual([4401]);
    expect(foreign.provider.synced).toBe(false);
  });

  it('[Y12] refuses a revoked token once with 4401, and an unmodified client does not come back', async () => {
    const ben = await invited('editor');
    const token = await ben.browser.token();
    const open = stock(world.http, ben.id, { token });
    await until(() => open.provider.synced);

    await ben.browser.post('/api/auth/sign-out');
    await until(() => open.codes.length > 0);
    const late = stock(far, ben.id, { token });
    await until(() => late.codes.length > 0);

    expect([open.codes, open.connections(), open.provider.shouldConnect]).toEqual([[4401], 1, false]);
    expect([late.codes, late.connections(), late.provider.shouldConnect]).toEqual([[4401], 1, false]);
  });

  it('[Y13] says 4403 to who was removed, 4410 when the collection was deleted, and 4404 of everything to who never was in it', async () => {
    const [ben, cleo] = [await invited('viewer'), await invited('viewer')];
    const [there, open] = [
      stock(far, ben.id, { token: await ben.browser.token() }),
      stock(world.http, cleo.id, { token: await cleo.browser.token() }),
    ];
    await until(() => there.provider.synced && open.provider.synced);

    await anna.send(memberPath(ben), { method: 'DELETE', headers: { origin: world.origin } });
    await anna.send(`/api/collections/${cleo.id}`, { method: 'DELETE', headers: { origin: world.origin } });
    await until(() => there.codes.length > 0 && open.codes.length > 0);
    const token = await ben.browser.token();
    const strangers = [cleo.id, await collectionOfAnna(), newCollectionId(systemRandom)].map((id) => stock(world.http, id, { token }));
    const again = stock(world.http, ben.id, { token });
    await until(() => [...strangers, again].every(({ codes }) => codes.length > 0));

    expect([there.codes, open.codes, again.codes]).toEqual([[4403], [4410], [4403]]);
    expect(strangers.map(({ codes }) => codes)).toEqual([[4404], [4404], [4404]]);
  });
});

describe('who never was a member', () => {
  it('[R55] hears the same of an unknown, a foreign and a deleted collection', async () => {
    const stranger = await world.signedUp(`guest${(count += 1)}`);
    const [unknown, foreign, deleted] = [newCollectionId(systemRandom), await collectionOfAnna(), await collectionOfAnna()];
    await anna.send(`/api/collections/${deleted}`, { method: 'DELETE', headers: { origin: world.origin } });
    const ids = [unknown, foreign, deleted];
    const told = async (path: (id: CollectionId) => string): Promise<ReadonlySet<string>> => {
      const answers = await Promise.all(
        ids.map(async (id) => `${(await stranger.get(path(id))).status} ${await (await stranger.get(path(id))).text()}`),
      );
      return new Set(answers);
    };
    const client = connectSocket(world.http.port);
    closers.push(() => client.close());
    client.helloWith({ kind: 'bearer', token: await stranger.token() });
    await until(() => client.last('welcome') !== undefined);

    for (const id of ids) client.join(id, { secret: systemRandom.bytes(32) });
    await until(() => client.of('gone').length === ids.length);

    expect((await told((id) => `/api/collections/${id}`)).size).toBe(1);
    expect((await told((id) => `/api/collections/${id}/members`)).size).toBe(1);
    expect(client.of('gone').map((one) => one['reason'])).toEqual(['unknown', 'unknown', 'unknown']);
  });
});
