import { noAudit } from '../ports/audit.ts';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { newCollectionId, randomBase62, type AccountId, type CollectionId } from '@cacaw/protocol';
import { createMemoryAccess } from '../adapters/memory/access.ts';
import { createMemoryDatabase } from '../adapters/memory/database.ts';
import { createMemoryRateLimiter } from '../adapters/memory/rate-limiter.ts';
import { mountRoutes } from '../http/mount.ts';
import { seededRandom } from '../contracts/log-fixture.ts';
import { announcing } from '../members/announcing.ts';
import { MailUnavailable, type Mailer } from '../ports/mailer.ts';
import type { Membership } from '../ports/membership.ts';
import type { Person } from '../ports/people.ts';
import { createManualClock } from '../../test/manual-clock.ts';
import { createSharingPorts } from '../../test/sharing-ports.ts';
import { sharingRoutes } from './sharing-routes.ts';
import type { SharingPorts } from './sharing.ts';

const random = seededRandom('sharing routes');
const names = ['anna', 'ben', 'cleo'] as const;
type Name = (typeof names)[number];

let accounts: { readonly [name in Name]: AccountId };
let ports: SharingPorts & { readonly mailer: ReturnType<typeof createSharingPorts>['mailer'] };
let membership: Membership;
let changed: CollectionId[];
let app: Hono;
let id: CollectionId;

interface Reply {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown } & { readonly code?: string; readonly detail?: string };
}

/** Asks as somebody; accounts are named by their bearer. */
async function ask(who: Name | undefined, method: string, path: string, body?: unknown): Promise<Reply> {
  const headers = { ...(who === undefined ? {} : { authorization: accounts[who] }), 'content-type': 'application/json' };
  const answer = await app.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}

function open(mailer?: Mailer, limits = { name: 'free', collections: 2, members: 2 }): void {
  const clock = createManualClock();
  const memory = createMemoryAccess(createMemoryDatabase(), { random, clock, tiers: { limitsOf: async () => limits } });
  changed = [];
  membership = announcing(memory, (collection) => changed.push(collection));
  const people = new Map<AccountId, Person>(names.map((name) => [accounts[name], { username: name, email: `${name}@example.org` }]));
  const made = createSharingPorts(membership, people);
  ports = { ...made, ...(mailer === undefined ? {} : { mailer: mailer as typeof made.mailer }), clock, random };
  app = new Hono().route(
    '/',
    mountRoutes(sharingRoutes(ports), {
      clock,
      audit: noAudit,
      authenticator: {
        identify: async () => undefined,
        identifyRequest: async (headers) => {
          const account = headers.get('authorization');
          return account === null ? undefined : { account: account as AccountId, kind: 'account' };
        },
        ended: async () => [],
      },
      access: membership,
      limiter: createMemoryRateLimiter(clock),
      origins: () => [],
      addressOf: () => '192.0.2.1',
      isOperator: async () => false,
    }),
  );
}

beforeEach(async () => {
  const account = (): AccountId => randomBase62(random, 22) as AccountId;
  accounts = { anna: account(), ben: account(), cleo: account() };
  open();
  id = newCollectionId(random);
  await ask('anna', 'POST', '/api/collections', { id });
});

const secretOf = (link: unknown): string => String(link).split('#')[1] ?? '';
async function invite(body: object = { role: 'editor' }): Promise<{ readonly secret: string; readonly id: string; readonly link: string }> {
  const made = await ask('anna', 'POST', `/api/collections/${id}/invites`, body);
  return { secret: secretOf(made.body['link']), id: (made.body['invite'] as { readonly id: string }).id, link: String(made.body['link']) };
}

describe('collections over HTTP', () => {
  it('[A5] makes a collection for an account, once, and for nobody else', async () => {
    expect(await ask('anna', 'POST', '/api/collections', { id })).toMatchObject({ status: 200, body: { id, created: false } });
    expect(await ask('ben', 'POST', '/api/collections', { id })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await ask(undefined, 'POST', '/api/collections', { id })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await ask('anna', 'GET', `/api/collections/${id}`)).toMatchObject({ status: 200, body: { id, role: 'owner', memberCount: 1 } });
    expect(await ask('anna', 'GET', '/api/collections')).toMatchObject({ status: 200, body: [{ id }] });
  });

  it('[A6] a limit says which it is, how much is used and who can change it', async () => {
    await ask('anna', 'POST', '/api/collections', { id: newCollectionId(random) });
    const third = await ask('anna', 'POST', '/api/collections', { id: newCollectionId(random) });
    const { secret } = await invite();
    await ask('ben', 'POST', '/api/invites/accept', { secret });
    const member = await ask('cleo', 'POST', '/api/invites/accept', { secret });

    expect(third).toMatchObject({ status: 403, body: { code: 'limit-reached' } });
    expect(third.body.detail).toMatch(/"free" allows 2 collections.* 2 are there.*operator/);
    expect(member).toMatchObject({ status: 403, body: { code: 'limit-reached' } });
    expect(member.body.detail).toMatch(/2 of the 2 members.*"free".*owner can remove.*operator/);
  });

  it('[A13] hands a collection over and tells the rooms', async () => {
    const { secret } = await invite();
    await ask('ben', 'POST', '/api/invites/accept', { secret });
    changed.length = 0;

    const handed = await ask('anna', 'PATCH', `/api/collections/${id}`, { owner: accounts.ben });

    expect(handed).toMatchObject({ status: 200, body: { id, role: 'editor' } });
    expect((await ask('anna', 'DELETE', `/api/collections/${id}`)).status).toBe(403);
    expect((await ask('ben', 'DELETE', `/api/collections/${id}`)).status).toBe(204);
    expect((await ask('anna', 'GET', `/api/collections/${id}`)).status).toBe(410);
    expect((await ask('cleo', 'GET', `/api/collections/${id}`)).status).toBe(404);
    expect(changed).toEqual([id, id]);
  });
});

describe('members over HTTP', () => {
  it('[A21] tells e-mails to the owner and one’s own, and of a guest nothing but that it is one', async () => {
    const [{ secret }, open] = [await invite(), await invite({ role: 'viewer', allowsGuests: true })];
    await ask('ben', 'POST', '/api/invites/accept', { secret });
    await membership.admit(
      { account: 'G'.repeat(43) as AccountId, kind: 'guest' },
      id,
      new Uint8Array(Buffer.from(open.secret, 'base64url')),
    );

    const [byOwner, byBen] = [
      await ask('anna', 'GET', `/api/collections/${id}/members`),
      await ask('ben', 'GET', `/api/collections/${id}/members`),
    ];

    const guest = { accountId: 'G'.repeat(43), username: 'Guest', role: 'viewer', isGuest: true, joinedAt: expect.any(String) };
    const anna = { accountId: accounts.anna, username: 'anna', role: 'owner', isGuest: false, joinedAt: expect.any(String) };
    const ben = {
      accountId: accounts.ben,
      username: 'ben',
      email: 'ben@example.org',
      role: 'editor',
      isGuest: false,
      joinedAt: expect.any(String),
    };
    expect(byOwner.body).toEqual([{ ...anna, email: 'anna@example.org' }, ben, guest]);
    expect(byBen.body).toEqual([anna, ben, guest]);
  });

  it('[A10] changes and removes members for the owner alone, and says why it will not', async () => {
    const { secret } = await invite();
    await ask('ben', 'POST', '/api/invites/accept', { secret });
    const path = (name: Name): string => `/api/collections/${id}/members/${accounts[name]}`;

    expect((await ask('ben', 'PATCH', path('ben'), { role: 'viewer' })).status).toBe(403);
    expect((await ask('ben', 'DELETE', path('anna'))).status).toBe(403);
    expect(await ask('anna', 'PATCH', path('ben'), { role: 'viewer' })).toMatchObject({
      status: 200,
      body: { role: 'viewer', username: 'ben' },
    });
    expect((await ask('anna', 'PATCH', path('cleo'), { role: 'viewer' })).status).toBe(404);
    expect(await ask('anna', 'DELETE', path('anna'))).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await ask('anna', 'PATCH', path('ben'), { role: 'owner' })).status).toBe(400);
    expect((await ask('ben', 'DELETE', path('ben'))).status).toBe(204);
    expect((await ask('ben', 'GET', `/api/collections/${id}/members`)).status).toBe(404);
  });

  it('[A23] mails the owner when a viewer asks to edit', async () => {
    const { secret } = await invite({ role: 'viewer' });
    await ask('ben', 'POST', '/api/invites/accept', { secret });
    const path = `/api/collections/${id}/access-requests`;

    expect((await ask('ben', 'POST', path, { role: 'editor', message: 'I found the receipt' })).status).toBe(202);
    expect((await ask('anna', 'POST', path, { role: 'editor' })).status).toBe(409);
    expect((await ask('cleo', 'POST', path, { role: 'editor' })).status).toBe(404);

    expect(ports.mailer.sent).toMatchObject([
      {
        to: 'anna@example.org',
        kind: 'access-request',
        data: { askedBy: 'ben', role: 'editor', message: 'I found the receipt', link: `https://relay.example/c/${id}?share` },
      },
    ]);
  });
});

describe('invites over HTTP', () => {
  it('[A8] makes a link whose secret is told once and lies in its fragment', async () => {
    const { secret, id: inviteId, link } = await invite({ role: 'viewer', maxUses: 1, expiresInDays: 2 });

    const offer = await ask(undefined, 'POST', '/api/invites/look', { secret });
    const accepted = await ask('ben', 'POST', '/api/invites/accept', { secret });
    const listed = await ask('anna', 'GET', `/api/collections/${id}/invites`);

    expect(link).toBe(`https://relay.example/join/${id}#${secret}`);
    expect(offer).toMatchObject({ status: 200, body: { collection: id, role: 'viewer', allowsGuests: false, invitedBy: 'anna' } });
    expect(accepted).toEqual({ status: 200, body: { collection: id, role: 'viewer' } });
    expect(listed.body).toMatchObject([{ id: inviteId, uses: 1, maxUses: 1, expiresAt: '2026-01-03T00:00:00.000Z' }]);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect((await ask('cleo', 'POST', '/api/invites/accept', { secret })).body).toMatchObject({ code: 'unknown' });
    expect((await ask(undefined, 'POST', '/api/invites/accept', { secret })).status).toBe(401);
    expect((await ask('anna', 'DELETE', `/api/collections/${id}/invites/${inviteId}`)).status).toBe(204);
    expect((await ask('ben', 'GET', `/api/collections/${id}/invites`)).status).toBe(403);
  });

  it('[A22] an invite by mail works once, from the mail, and its secret is in no answer', async () => {
    const path = `/api/collections/${id}/members`;
    const made = await ask('anna', 'POST', path, { email: 'Cleo@example.org', role: 'editor', collectionName: 'Teapots' });

    const [mail] = ports.mailer.sent;
    const link = mail?.kind === 'invite' ? mail.data.link : '';
    expect(mail).toMatchObject({ kind: 'invite', data: { invitedBy: 'anna', role: 'editor', collectionName: 'Teapots' } });
    expect(made.status).toBe(202);
    expect(JSON.stringify(made.body)).not.toContain(secretOf(link));
    expect((await ask('cleo', 'POST', '/api/invites/accept', { secret: secretOf(link) })).status).toBe(200);
    expect((await ask('ben', 'POST', '/api/invites/accept', { secret: secretOf(link) })).status).toBe(404);
    expect((await ask('ben', 'POST', path, { email: 'x@example.org', role: 'editor' })).status).toBe(404);
  });

  it('[A22] no invite stays behind when its mail cannot be sent', async () => {
    open({
      send: () => Promise.reject(new MailUnavailable('The mail server is away.')),
      forget: async () => undefined,
      close: async () => undefined,
    });
    await ask('anna', 'POST', '/api/collections', { id });

    const made = await ask('anna', 'POST', `/api/collections/${id}/members`, { email: 'cleo@example.org', role: 'editor' });

    expect(made).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await ask('anna', 'GET', `/api/collections/${id}/invites`)).body).toEqual([]);
  });

  it('[A15] an account claims what its device was by the device’s secret', async () => {
    const secret = Buffer.from(random.bytes(32));
    const { createHash } = await import('node:crypto');
    const device = createHash('sha256').update(secret).digest('base64url') as AccountId;
    const { secret: link } = await invite({ role: 'viewer', allowsGuests: true });
    await membership.admit({ account: device, kind: 'guest' }, id, new Uint8Array(Buffer.from(link, 'base64url')));

    const claimed = await ask('ben', 'POST', '/api/account/claim', { secret: secret.toString('base64url') });

    expect(claimed).toEqual({ status: 200, body: { collections: [id] } });
    expect((await ask('ben', 'GET', `/api/collections/${id}`)).body).toMatchObject({ role: 'viewer' });
    expect((await ask('cleo', 'POST', '/api/account/claim', { secret: secret.toString('base64url') })).body).toEqual({ collections: [] });
  });
});
