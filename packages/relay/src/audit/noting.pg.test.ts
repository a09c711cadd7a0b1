import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { newCollectionId, type AccountId, type CollectionId } from '@cacaw/protocol';
import type { AuditPageAnswer } from '@cacaw/protocol/http';
import { fragmentOf, goodPassword, openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { until } from '../../test/http-relay.ts';
import { connectSocket } from '../../test/socket-client.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { accountKey } from '../ports/key-store.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const idOf = async (browser: Browser): Promise<AccountId> =>
  ((await (await browser.get('/api/account')).json()) as { readonly accountId: AccountId }).accountId;
async function newCollection(owner: Browser): Promise<CollectionId> {
  const id = newCollectionId(systemRandom);
  await owner.post('/api/collections', { id });
  return id;
}
async function auditOf(owner: Browser, id: CollectionId, query = ''): Promise<AuditPageAnswer> {
  await world.audit.flush();
  const answer = await owner.get(`/api/collections/${id}/audit${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as AuditPageAnswer;
}
async function kindsOf(account: AccountId): Promise<string[]> {
  await world.audit.flush();
  return (await world.audit.ofAccount(account, { limit: 200 })).lines.map(({ kind, count }) => `${kind} ${count}`);
}
async function invited(owner: Browser, id: CollectionId, guest: Browser): Promise<void> {
  const made = (await (await owner.post(`/api/collections/${id}/invites`, { role: 'editor' })).json()) as { readonly link: string };
  await guest.post('/api/invites/accept', { secret: fragmentOf(made.link) });
}

describe('the audit log of a collection', () => {
  it('[D12] tells its owner who came, who looked, who was let in and out, and who changed what', async () => {
    const [anna, ben] = [await world.signedUp('anna'), await world.signedUp('ben')];
    const [annaId, benId] = [await idOf(anna), await idOf(ben)];
    const id = await newCollection(anna);
    await invited(anna, id, ben);
    const client = connectSocket(world.http.port);
    client.helloWith({ kind: 'bearer', token: await ben.token() });
    client.join(id);
    await until(() => client.last('joined') !== undefined);
    for (let count = 0; count < 3; count += 1) await ben.get(`/api/collections/${id}/members`);
    await ben.get(`/api/collections/${id}/invites`);
    await anna.send(`/api/collections/${id}/members/${benId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', origin: world.origin },
      body: JSON.stringify({ role: 'viewer' }),
    });

    const { lines } = await auditOf(anna, id);

    expect(lines.map(({ kind, accountId, count }) => [kind, accountId, count])).toEqual(
      expect.arrayContaining([
        ['collection-created', annaId, 1],
        ['invited', annaId, 1],
        ['invite-accepted', benId, 1],
        ['join', benId, 1],
        ['read', benId, 3],
        ['refused', benId, 1],
        ['role-changed', annaId, 1],
        ['key-made', null, 1],
      ]),
    );
    expect(lines.find(({ kind }) => kind === 'join')?.network).toBe('127.0.0.0/24');
    expect(lines.find(({ kind }) => kind === 'role-changed')).toMatchObject({
      collection: id,
      network: '127.0.0.0/24',
      details: { operation: 'changeMember', target: benId, role: 'viewer' },
    });
    client.close();
  });

  it('[D12] is read in pages, by its owner only', async () => {
    const [carl, dora, stranger] = [await world.signedUp('carl'), await world.signedUp('dora'), await world.signedUp('stranger')];
    const id = await newCollection(carl);
    await invited(carl, id, dora);

    const whole = await auditOf(carl, id);
    const first = await auditOf(carl, id, '?limit=2');
    const second = await auditOf(carl, id, `?limit=2&after=${first.next}`);

    expect(first.lines).toHaveLength(2);
    expect(second.lines[0]).not.toEqual(first.lines[1]);
    expect(whole.next).toBeNull();
    const status = async (browser: Browser, path: string): Promise<number> => (await browser.get(`/api/collections/${path}`)).status;
    expect(await status(dora, `${id}/audit`)).toBe(403);
    expect(await status(stranger, `${id}/audit`)).toBe(404);
    expect(await status(world.browser(), `${id}/audit`)).toBe(401);
    for (const query of ['after=nonsense', 'after=%00', 'limit=0', 'limit=201', 'limit=x'])
      expect(await status(carl, `${id}/audit?${query}`), query).toBe(400);
  });

  it('[D13] a stranger is in nobody’s log but their own', async () => {
    const [emil, stranger] = [await world.signedUp('emil'), await world.signedUp('nosy')];
    const [id, strangerId] = [await newCollection(emil), await idOf(stranger)];

    for (const path of [`/api/collections/${id}`, `/api/collections/${newCollectionId(systemRandom)}`]) await stranger.get(path);
    const client = connectSocket(world.http.port);
    client.helloWith({ kind: 'bearer', token: await stranger.token() });
    client.join(id);
    await until(() => client.last('gone') !== undefined);

    expect((await auditOf(emil, id)).lines.filter(({ accountId }) => accountId === strangerId)).toEqual([]);
    expect(await kindsOf(strangerId)).toContain('refused 3');
    client.close();
  });
});

describe('the audit log of an account', () => {
  it('[D14] has each sign-in, sign-out and change of a password, and refusals by network', async () => {
    const fred = await world.signedUp('fred');
    const account = await idOf(fred);
    const email = 'fred@mail.example';
    await world.browser().post('/api/auth/sign-in/email', { email, password: 'a wrong one entirely' });
    await fred.post('/api/auth/change-password', { currentPassword: goodPassword, newPassword: 'another horse battery staple' });
    await fred.post('/api/auth/sign-out');

    const kinds = await kindsOf(account);
    const [anonymous] = await world.database.sql<{ count: number; network: string }[]>`
      select count, network from audit_access where kind = 'sign-in-refused' order by hour desc limit 1`;

    expect(kinds).toEqual(expect.arrayContaining(['signed-in 1', 'password-changed 1', 'signed-out 1', 'key-made 1']));
    expect(anonymous).toMatchObject({ network: '127.0.0.0/24' });
    expect(anonymous?.count).toBeGreaterThanOrEqual(1);
  });

  it('[D14] notes credentials that prove nothing, on both lanes, by network', async () => {
    const refusedSoFar = async (): Promise<number> => {
      await world.audit.flush();
      const [row] = await world.database.sql<{ count: number }[]>`
        select coalesce(sum(count), 0) as count from audit_access where kind = 'refused' and account is null and network = '127.0.0.0/24'`;
      return Number(row?.count);
    };
    const before = await refusedSoFar();
    const native = connectSocket(world.http.port);
    native.helloWith({ kind: 'bearer', token: 'nonsense' });
    await until(() => native.closed !== undefined);
    const stock = new WebSocket(`${world.http.url.replace('http', 'ws')}/yjs/${'A'.repeat(22)}/free.note`, ['yjs', 'bearer.nonsense']);
    await new Promise((closed) => stock.once('close', closed));

    expect(await refusedSoFar()).toBe(before + 2);
  });

  it('[D14] notes the destruction of a key', async () => {
    const account = await idOf(await world.signedUp('gerd'));

    await world.keys.destroy(accountKey(account));

    expect(await kindsOf(account)).toContain('key-destroyed 1');
  });

  it('[D15] holds no e-mail, no name, no token and no address in full, whatever was sent', async () => {
    const hilda = await world.signedUp('hilda');
    const id = await newCollection(hilda);
    await hilda.post(`/api/collections/${id}/members`, { email: 'marker@mail.example', role: 'viewer', collectionName: 'marker-name' });
    await hilda.patch('/api/account', { username: 'marker-user' });
    await hilda.get('/api/collections/marker-path');
    await hilda.get(`/api/collections/${id}/audit?after=marker-query`);
    await world.audit.flush();

    const all = JSON.stringify([
      await world.database.sql`select * from audit_events`,
      await world.database.sql`select * from audit_access`,
    ]);

    expect(all).not.toMatch(/marker|hilda|@|127\.0\.0\.1|eyJ/);
    expect(all).toContain('account-changed');
  });
});

describe('declared routes', () => {
  it('[D16] all say what the audit log notes when they change something', () => {
    const silent = world.routes.filter(({ method, audit }) => method !== 'get' && audit === undefined);

    expect(silent.map(({ operation }) => operation)).toEqual([]);
    expect(world.routes.length).toBeGreaterThan(15);
  });
});
