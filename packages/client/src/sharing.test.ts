import type { AccountId, CollectionId } from '@cacaw/protocol';
import { problemOf, type InviteId } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { tokenFor } from '../test/account-token.ts';
import { anna, createHome, Screen, TestBrowser } from '../test/browser.ts';
import { ShareError } from './faults.ts';

const ben = 'B'.repeat(22) as AccountId;
const invite = {
  id: 'I'.repeat(22) as InviteId,
  role: 'editor',
  allowsGuests: false,
  createdAt: '2026-11-01T10:00:00.000Z',
  expiresAt: '2026-11-08T10:00:00.000Z',
  uses: 0,
  maxUses: null,
} as const;
const foreign = 'f'.repeat(22) as CollectionId;
const secret = 's'.repeat(43);
const offer = { collection: foreign, role: 'viewer', allowsGuests: true, invitedBy: 'ben', expiresAt: invite.expiresAt };
const link = `https://app.test/join/${foreign}#${secret}/Ben%E2%80%99s%20attic`;

const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'done',
    (error: unknown) => (error instanceof ShareError ? error.code : String(error)),
  );

test('[L91] an invite is made of a local collection by sharing it first, and its link says what it is called', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const made = `https://app.test/join/${home}#${secret}`;
  browser.http.on(`POST /api/collections/${home}/invites`, { status: 201, body: { invite, link: made } });

  const terms = { role: 'editor', expiresInDays: 3, maxUses: 2 } as const;
  expect(await cacaw.createInvite(home, terms)).toEqual({ invite, link: `${made}/Home` });

  const asked = browser.http.heard.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]);
  expect(asked).toEqual([
    ['/api/collections', { id: home }],
    [`/api/collections/${home}/invites`, terms],
  ]);
  for (const { path, init } of browser.http.heard) {
    if (path === '/api/auth/token') continue;
    expect(init).toMatchObject({ credentials: 'omit', headers: { authorization: `Bearer ${tokenFor(anna)}` } });
  }
  expect(JSON.stringify(browser.http.heard)).not.toContain('Home');
});

test('[L91] an invite by mail says what the collection is called, without what no mail can show', async () => {
  for (const [name, said] of [
    ['Home\u0000 \u202Eemoh\u2066', 'Home emoh'],
    ['\u202E', undefined],
  ] as const) {
    const browser = new TestBrowser();
    const { cacaw } = await browser.open();
    const home = await createHome(cacaw);
    await cacaw.run({ type: 'editCollection', collection: home, change: { name } });
    browser.http.on(`POST /api/collections/${home}/members`, { status: 202, body: { invite } });

    await cacaw.inviteByMail(home, { email: 'ben@example.org', role: 'viewer' });

    const asked = browser.http.heard.find(({ path }) => path.endsWith('/members'));
    expect(asked?.body).toEqual({ email: 'ben@example.org', role: 'viewer', ...(said === undefined ? {} : { collectionName: said }) });
  }
});

test('[L91] members and invites are listed, changed and ended as the relay describes them', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const path = `/api/collections/${home}`;
  const member = { accountId: ben, username: 'ben', role: 'viewer', isGuest: false, joinedAt: invite.createdAt };
  const mine = { id: home, role: 'editor', joinedAt: invite.createdAt, memberCount: 2 };
  browser.http
    .on(`GET ${path}/members`, { status: 200, body: [member] })
    .on(`POST ${path}/members`, { status: 202, body: { invite } })
    .on(`PATCH ${path}/members/${ben}`, { status: 200, body: { ...member, role: 'editor' } })
    .on(`DELETE ${path}/members/${ben}`, { status: 204 })
    .on(`GET ${path}/invites`, { status: 200, body: [invite] })
    .on(`DELETE ${path}/invites/${invite.id}`, { status: 204 })
    .on(`PATCH ${path}`, { status: 200, body: mine })
    .on(`POST ${path}/access-requests`, { status: 202 })
    .on(`DELETE ${path}`, { status: 204 });

  expect(await cacaw.members(home)).toEqual([member]);
  expect(await cacaw.invites(home)).toEqual([invite]);
  await cacaw.inviteByMail(home, { email: 'ben@example.org', role: 'viewer' });
  await cacaw.setRole(home, ben, 'editor');
  await cacaw.revokeInvite(home, invite.id);
  await cacaw.transfer(home, ben);
  await cacaw.requestAccess(home, '  please  ');
  await cacaw.removeMember(home, ben);
  await cacaw.deleteCollection(home);

  const asked = browser.http.heard.filter(({ method, body }) => method !== 'GET' && body !== undefined).map(({ body }) => body);
  expect(asked).toEqual([
    { id: home },
    { email: 'ben@example.org', role: 'viewer', collectionName: 'Home' },
    { role: 'editor' },
    { owner: ben },
    { role: 'editor', message: 'please' },
  ]);
});

test('[L91] a refusal keeps its kind and the relay’s words; offline, out of reach and signed out are told apart', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const path = `GET /api/collections/${home}/members`;
  const members = (): Promise<string> => codeOf(cacaw.members(home));
  const kinds = {
    forbidden: 'forbidden',
    unknown: 'unknown',
    conflict: 'conflict',
    'limit-reached': 'limit',
    'rate-limit': 'too-often',
  } as const;
  for (const [problem, code] of Object.entries(kinds)) {
    const body = problemOf(problem as keyof typeof kinds, `Because of ${problem}.`);
    browser.http.on(path, { status: body.status, body });
    await expect(cacaw.members(home)).rejects.toMatchObject({ code, message: body.detail });
  }
  browser.http.on(path, 'nothing');
  expect(await members()).toBe('unreachable');
  browser.http.on(path, { status: 503, body: problemOf('unavailable', 'The database is away.') });
  expect(await members()).toBe('unreachable');
  browser.http.on(path, { status: 200, body: [{ accountId: 'x' }] });
  expect(await members()).toBe('refused');
  browser.network.set(false);
  expect(await members()).toBe('offline');
  browser.network.set(true);
  browser.http.on(path, { status: 401 }).on('GET /api/auth/token', { status: 401 });
  expect(await members()).toBe('signed-out');
});

test('[L91] a token that ended early is asked for once more before anybody is said to be signed out', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const renewed = tokenFor(anna, Date.UTC(2031, 0, 1));
  browser.http.on(`GET /api/collections/${home}/members`, ({ init }) => {
    const isNew = init.headers['authorization'] === `Bearer ${renewed}`;
    return isNew ? { status: 200, body: [] } : { status: 401 };
  });
  expect(await codeOf(cacaw.members(home))).toBe('signed-out');
  browser.http.on('GET /api/auth/token', { status: 200, body: { token: renewed } });
  expect(await cacaw.members(home)).toEqual([]);
});

test('[L90] looking at an invite tells what it offers and what it is called, and joins nothing', async () => {
  for (const account of [anna, null]) {
    const browser = new TestBrowser({ account });
    const { cacaw } = await browser.open();
    browser.http.on('POST /api/invites/look', { status: 200, body: offer });

    expect(await cacaw.lookInvite(link)).toEqual({ ...offer, name: 'Ben’s attic', isHere: false });

    const [asked] = browser.http.heard.filter(({ path }) => path === '/api/invites/look');
    expect(asked?.body).toEqual({ secret });
    expect(asked?.init.credentials).toBe('omit');
    const screen = new Screen(cacaw, foreign);
    await browser.clock.advance(1_000);
    expect(screen.collections).toEqual([]);
  }
});

test('[L90] an invite that does not work, and a link whose halves do not belong together, are said to be so', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  browser.http.on('POST /api/invites/look', { status: 404, body: problemOf('unknown', 'No.') });
  browser.http.on('POST /api/invites/accept', { status: 404, body: problemOf('unknown', 'No.') });
  expect(await codeOf(cacaw.lookInvite(link))).toBe('unknown-link');
  expect(await codeOf(cacaw.acceptInvite(link))).toBe('unknown-link');
  browser.http.on('POST /api/invites/look', { status: 200, body: { ...offer, collection: 'g'.repeat(22) } });
  expect(await codeOf(cacaw.lookInvite(link))).toBe('bad-link');
  expect(await codeOf(cacaw.lookInvite('https://app.test/join/x'))).toBe('bad-link');
});

test('[L91] an accepted invite is on the device with its role at once, also when its rows take their time', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const screen = new Screen(cacaw, foreign);
  browser.http.on('POST /api/invites/accept', { status: 200, body: { collection: foreign, role: 'viewer' } });

  const accepting = codeOf(cacaw.acceptInvite(link));
  await browser.clock.advance(30_000);

  expect(await accepting).toBe('unreachable');
  expect(screen.collections).toMatchObject([{ id: foreign, mode: 'sync', role: 'viewer', secret: null }]);
});

test('[L91] who leaves is out at the relay first, and then the collection is off the device', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.share(home);
  const screen = new Screen(cacaw, home);
  browser.http.on(`DELETE /api/collections/${home}/members/${anna}`, { status: 409, body: problemOf('conflict', 'You own it.') });
  await expect(cacaw.leave(home)).rejects.toMatchObject({ code: 'conflict', message: 'You own it.' });
  await browser.clock.advance(1_000);
  expect(screen.collections).toHaveLength(1);

  browser.http.on(`DELETE /api/collections/${home}/members/${anna}`, { status: 204 });
  await cacaw.leave(home);
  await browser.clock.advance(1_000);

  expect(screen.collections).toEqual([]);
  expect(browser.forgotten).toEqual([home]);
});

test('[L97] the photos of a collection are made public and private again, each time as the relay says', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const path = `/api/collections/${home}/public-photos`;
  browser.http.on(`GET ${path}`, { status: 200, body: { address: null } });
  browser.http.on(`PUT ${path}`, { status: 200, body: { address: '/p/token/' } });

  expect(await cacaw.publicPhotos(home)).toBeNull();
  expect(await cacaw.setPublicPhotos(home, true)).toBe('/p/token/');
  const put = browser.http.heard.find(({ method }) => method === 'PUT');
  expect(put?.body).toEqual({ isPublic: true });
});

test('[L94] a free document is opened as the account, or by the secrets of its link and of the device, and by nobody who is signed out', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.share(home);
  expect(await cacaw.freeCredential(home)).toBe(`bearer.${tokenFor(anna)}`);
  await cacaw.close();

  const signedOut = new TestBrowser({ disk: browser.disk });
  signedOut.http.on('GET /api/auth/token', { status: 401 });
  const second = await signedOut.open();
  expect(await second.cacaw.freeCredential(home)).toBeNull();
  await second.cacaw.setNetwork('local');
  expect(await codeOf(second.cacaw.freeCredential(home))).toBe('local-only');

  const guest = new TestBrowser({ account: null });
  const third = await guest.open();
  const own = await createHome(third.cacaw);
  expect(await third.cacaw.freeCredential(own)).toBeNull();
  await third.cacaw.openLink(`https://app.test/c/${own}#${secret}`);
  expect(await third.cacaw.freeCredential(own)).toMatch(new RegExp(`^capability\\.${secret}\\.[A-Za-z0-9_-]{43}$`));
});
