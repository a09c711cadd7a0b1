import type { AccountId } from '@cacaw/protocol';
import { problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { ScriptedHttp } from '../test/scripted-http.ts';
import { SwitchedNetwork } from '../test/switched-network.ts';
import { AuthError, createAccountCalls, type AccountCalls } from './account.ts';

const account = 'A'.repeat(22);
const me = {
  accountId: account,
  email: 'anna@example.org',
  emailVerified: true,
  username: 'anna',
  createdAt: '2026-11-01T10:00:00.000Z',
  isOperator: false,
  tier: { name: 'free', storage: 1, detectionsPerMonth: 1, collections: null, members: null },
  use: { storage: 0, detectionsThisMonth: 0, collections: 0 },
  hasPassword: true,
  hasSecondFactor: false,
  lookKey: 'k'.repeat(43),
  isOnlyOperator: false,
};

function open(): { readonly http: ScriptedHttp; readonly network: SwitchedNetwork; readonly calls: AccountCalls } {
  const http = new ScriptedHttp();
  const network = new SwitchedNetwork();
  return { http, network, calls: createAccountCalls({ fetch: http.fetch, network, relay: 'https://relay.test' }) };
}

const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'done',
    (error: unknown) => (error instanceof AuthError ? error.code : String(error)),
  );

test('[L79] signing in says who is in, or that a second factor is asked for, which then finishes it', async () => {
  const { http, calls } = open();
  http.on('POST /api/auth/sign-in/email', { status: 200, body: { twoFactorRedirect: true, twoFactorMethods: ['totp'] } });
  http.on('POST /api/auth/two-factor/verify-totp', { status: 200, body: { token: 't', user: { id: account } } });
  http.on('POST /api/auth/two-factor/verify-backup-code', { status: 401, body: { code: 'INVALID_BACKUP_CODE', message: 'no' } });

  expect(await calls.signIn({ email: 'anna@example.org', password: 'secret words' })).toEqual({ kind: 'second-factor', methods: ['totp'] });
  expect(await codeOf(calls.giveSecondFactor('abc', 'recovery'))).toBe('wrong-code');
  expect(await calls.giveSecondFactor(' 123456 ', 'app')).toEqual({ kind: 'signed-in', account });
  expect(http.heard.map(({ body }) => body)).toEqual([
    { email: 'anna@example.org', password: 'secret words' },
    { code: 'abc' },
    { code: '123456' },
  ]);
});

test('[L79] every request about the account carries the cookie of the relay and no token', async () => {
  const { http, calls } = open();
  http.on('GET /api/account', { status: 200, body: me }).on('POST /api/auth/sign-out', { status: 200, body: { success: true } });

  expect(await calls.me()).toEqual(me);
  await calls.signOut();

  for (const { init } of http.heard) expect(init).toMatchObject({ credentials: 'same-origin' });
  for (const { init } of http.heard) expect(Object.keys(init.headers)).not.toContain('authorization');
});

test('[L79] nobody signed in is an answer, not an error', async () => {
  const { http, calls } = open();
  http.on('GET /api/account', { status: 401, body: problemOf('unauthenticated', 'Sign in first.') });
  expect(await calls.me()).toBeNull();
});

test('[L79] a device whose sign-in has ended hears whether its account is gone; a relay that does not say it has lost nobody', async () => {
  const { http, calls } = open();
  const device = { account: account as AccountId, lookKey: 'k'.repeat(43) };
  const path = 'POST /api/account/known';
  http.on(path, { status: 200, body: { isKnown: false } });
  expect(await calls.isGone(device)).toBe(true);
  expect(http.heard.at(-1)?.body).toEqual(device);
  http.on(path, { status: 200, body: { isKnown: true } });
  expect(await calls.isGone(device)).toBe(false);
  http.on(path, { status: 404, body: problemOf('unknown', 'This key is not of that account.') });
  expect(await calls.isGone(device)).toBe(false);
  http.on(path, 'nothing');
  expect(await codeOf(calls.isGone(device))).toBe('unreachable');
});

test('[L79] offline, out of reach, unable and refused are told apart', async () => {
  const { http, network, calls } = open();
  const signIn = (): Promise<string> => codeOf(calls.signIn({ email: 'a@b.org', password: 'x' }));
  http.on('POST /api/auth/sign-in/email', 'nothing');
  expect(await signIn()).toBe('unreachable');
  network.set(false);
  expect(await signIn()).toBe('offline');
  http.on('POST /api/auth/sign-in/email', { status: 503, body: problemOf('unavailable', 'The database is away.') });
  expect(await signIn()).toBe('unavailable');
  http.on('POST /api/auth/sign-in/email', { status: 502, text: '<html>Bad gateway</html>' });
  expect(await signIn()).toBe('unavailable');
  http.on('POST /api/auth/sign-in/email', {
    status: 401,
    body: { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' },
  });
  expect(await signIn()).toBe('wrong-credentials');
  http.on('POST /api/auth/sign-in/email', { status: 418, body: { code: 'SOMETHING_NEW' } });
  expect(await signIn()).toBe('refused');
});

test('[L79] a refusal says what to do, in the words of our own relay when it has some, with how long to wait', async () => {
  const { http, calls } = open();
  const reset = (): Promise<unknown> => calls.reset({ token: 't', password: 'new words' }).catch((error: unknown) => error);
  http.on('POST /api/auth/reset-password', { status: 400, body: { code: 'INVALID_TOKEN', message: 'Invalid token' } });
  expect(await reset()).toMatchObject({ code: 'link-expired', message: 'This link has been used or is too old. Ask for a new one.' });
  const limit = problemOf('rate-limit', 'This address tried 5 times; wait 40 s.');
  http.on('POST /api/auth/reset-password', { status: 429, body: limit, headers: { 'retry-after': '40' } });
  expect(await reset()).toMatchObject({ code: 'too-many-attempts', message: limit.detail, retryAfterSeconds: 40 });
});

test('[L79] an answer of another shape is not believed', async () => {
  const { http, calls } = open();
  http.on('POST /api/auth/sign-in/email', { status: 200, body: { user: { id: '../../etc' } } });
  expect(await codeOf(calls.signIn({ email: 'a@b.org', password: 'x' }))).toBe('refused');
  http.on('GET /api/account', { status: 200, body: { ...me, accountId: 5 } });
  expect(await codeOf(calls.me())).toBe('refused');
});

test('[L79] sign-ins are listed with which of them is this one, and can be ended', async () => {
  const { http, calls } = open();
  const row = { userId: account, createdAt: '2026-11-01T10:00:00.000Z', updatedAt: '2026-11-02T10:00:00.000Z', expiresAt: 'x' };
  http.on('GET /api/auth/list-sessions', {
    status: 200,
    body: [
      { ...row, id: 'one', token: 't1', userAgent: 'Firefox', ipAddress: '203.0.113.0' },
      { ...row, id: 'two', token: 't2', userAgent: null },
    ],
  });
  http.on('GET /api/auth/get-session', { status: 200, body: { session: { id: 'two' }, user: { id: account } } });
  http.on('POST /api/auth/revoke-session', { status: 200, body: { status: true } });

  const list = await calls.listSignIns();
  expect(list.map(({ id, device, network, isThis }) => [id, device, network, isThis])).toEqual([
    ['one', 'Firefox', '203.0.113.0', false],
    ['two', '', '', true],
  ]);
  for (const signIn of list) await calls.endSignIn(signIn);
  expect(http.heard.slice(2).map(({ body }) => body)).toEqual([{ token: 't1' }, { token: 't2' }]);
});

test('[L79] a second factor is set up with an address for an app, its secret, and recovery codes', async () => {
  const { http, calls } = open();
  const totpURI = 'otpauth://totp/Cacaw:anna@example.org?secret=ABCDEF&issuer=Cacaw';
  http.on('POST /api/auth/two-factor/enable', { status: 200, body: { method: 'totp', totpURI, backupCodes: ['a-b', 'c-d'] } });
  expect(await calls.enableSecondFactor('secret words')).toEqual({ uri: totpURI, secret: 'ABCDEF', recoveryCodes: ['a-b', 'c-d'] });
});

test('[L79] where there are no passkeys, that is said and nothing is registered', async () => {
  const { http, calls } = open();
  http.on('GET /api/auth/passkey/generate-register-options', { status: 200, body: { challenge: 'x' } });
  expect(calls.passkeys.isSupported).toBe(false);
  expect(await codeOf(calls.passkeys.add('Laptop'))).toBe('passkey-unsupported');
  expect(http.heard).toHaveLength(1);
});
