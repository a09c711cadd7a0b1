import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fragmentOf, goodPassword, openAccountWorld, reasonOf, type AccountWorld } from '../../test/account-world.ts';
import { until } from '../../test/http-relay.ts';
import { connectSocket } from '../../test/socket-client.ts';
import { createMemoryRateLimiter } from '../adapters/memory/rate-limiter.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import { authPaths } from './auth-paths.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const addressOf = (name: string): string => `${name}@mail.example`;

describe('an account', () => {
  it('[U10] goes from sign-up over the mail to a sign-in, a token and a socket, and ends with signing out', async () => {
    const browser = world.browser();
    const email = addressOf('anna');
    const signUp = await browser.post('/api/auth/sign-up/email', { name: 'Anna', email, password: goodPassword, callbackURL: '/join/x' });
    expect([signUp.status, await signUp.json()]).toEqual([200, { status: true }]);
    const early = await browser.post('/api/auth/sign-in/email', { email, password: goodPassword });
    expect([early.status, await reasonOf(early)]).toEqual([403, 'EMAIL_NOT_VERIFIED']);

    const { link } = await world.mail(email, 'verify');
    expect((await browser.post('/api/auth/verify-email', { token: fragmentOf(link) })).status).toBe(200);
    expect((await browser.post('/api/auth/sign-in/email', { email, password: goodPassword })).status).toBe(200);
    const token = await browser.token();
    const client = connectSocket(world.http.port);
    client.helloWith({ kind: 'bearer', token });
    await until(() => client.last('welcome') !== undefined);
    expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
    const late = connectSocket(world.http.port);
    late.helloWith({ kind: 'bearer', token });
    await until(() => late.closed !== undefined);

    expect(late.closed?.code).toBe(4401);
    expect((await browser.get('/api/auth/token')).status).toBe(401);
    expect(world.faults).toEqual([]);
  });

  it('[U10] mail links lead to pages of this relay and carry their secret in the fragment', async () => {
    const sign = (name: string, callbackURL: string): Promise<Response> =>
      world.browser().post('/api/auth/sign-up/email', { name, email: addressOf(name), password: goodPassword, callbackURL });
    await sign('links', '/join/abc?x=1');

    const { link } = await world.mail(addressOf('links'), 'verify');

    expect(link).toMatch(new RegExp(`^${world.origin}/verify-email\\?next=%2Fjoin%2Fabc%3Fx%3D1#[\\w.-]+$`));
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/x y'])
      expect((await sign(`evil${evil.length}`, evil)).status, evil).toBe(400);
  });

  it('[U10] a token of a mail is good for nothing else, and for nobody else', async () => {
    const browser = await world.signedUp('purpose');
    await browser.post('/api/auth/request-password-reset', { email: addressOf('purpose') });
    const reset = fragmentOf((await world.mail(addressOf('purpose'), 'reset')).link);
    await world.browser().post('/api/auth/sign-up/email', { name: 'purpose2', email: addressOf('purpose2'), password: goodPassword });
    const verify = fragmentOf((await world.mail(addressOf('purpose2'), 'verify')).link);

    const answers = [
      await browser.post('/api/auth/verify-email', { token: reset }),
      await browser.post('/api/auth/reset-password', { token: verify, newPassword: 'another fine passphrase' }),
      await browser.get('/api/account', { authorization: `Bearer ${verify}` }),
    ];

    expect(answers.map((one) => one.status)).toEqual([401, 400, 401]);
  });
});

describe('who has an account', () => {
  it('[U11] is not told by signing up: same answer, and a mail to the owner', async () => {
    await world.signedUp('known');
    const sign = async (name: string): Promise<readonly unknown[]> => {
      const answer = await world
        .browser()
        .post('/api/auth/sign-up/email', { name: 'Known', email: addressOf(name), password: goodPassword });
      return [answer.status, await answer.text(), [...answer.headers.keys()].toSorted()];
    };

    expect(await sign('known')).toEqual(await sign('unknown'));
    expect(await world.mail(addressOf('known'), 'exists')).toEqual({ signInLink: `${world.origin}/sign-in` });
    // The taken name was not refused either: that would have told the next time.
    expect(await world.mail(addressOf('unknown'), 'verify')).toBeDefined();
  });

  it('[U11] is not told by a reset, a second mail or a wrong password', async () => {
    await world.signedUp('here');
    const compare = async (path: string, body: object): Promise<void> => {
      const answers = [];
      for (const email of [addressOf('here'), addressOf('nowhere')]) {
        const answer = await world.browser().post(path, { ...body, email });
        answers.push([answer.status, await answer.text()]);
      }
      expect(answers[0], path).toEqual(answers[1]);
    };

    await compare('/api/auth/request-password-reset', {});
    await compare('/api/auth/send-verification-email', {});
    await compare('/api/auth/sign-in/email', { password: 'a wrong one entirely' });
  });

  it('[U11] is not told by the time an answer takes', async () => {
    await world.signedUp('timed');
    const timed = async (path: string, body: object): Promise<number> => {
      const startedAt = performance.now();
      await world.browser().post(path, body);
      return performance.now() - startedAt;
    };

    for (const path of ['/api/auth/request-password-reset', '/api/auth/sign-in/email']) {
      const [there, away]: [number[], number[]] = [[], []];
      for (let round = 0; round < 5; round += 1) {
        there.push(await timed(path, { email: addressOf('timed'), password: 'a wrong one entirely' }));
        away.push(await timed(path, { email: addressOf('nobody'), password: 'a wrong one entirely' }));
      }
      // Answers leave at fixed moments, whatever was done for them. A busy machine only adds to what a client measures.
      const every = authPaths[path.slice('/api/auth'.length)]?.answersEveryMs ?? 0;
      const moments = [there, away].map((times) => Math.floor((Math.min(...times) + 5) / every));
      expect(moments, path).toEqual([1, 1]);
    }
  });
});

describe('the door', () => {
  it('[U12] offers what is listed and nothing else of the library', async () => {
    const browser = await world.signedUp('lister');
    const others = ['/ok', '/error', '/delete-user', '/update-user', '/change-email', '/set-password', '/jwks', '/sign-in/social'];
    others.push('/list-accounts', '/link-social', '/two-factor/send-otp', '/verify-password', '/reset-password/x', '', '/', '/toString');

    for (const path of others)
      for (const answer of [await browser.get(`/api/auth${path}`), await browser.post(`/api/auth${path}`)])
        expect([answer.status, answer.headers.get('content-type')], path).toEqual([404, 'application/problem+json']);
    for (const path of Object.keys(authPaths))
      expect((await browser.send(`/api/auth${path}`, { method: 'PUT', headers: {} })).status).toBe(404);
    expect((await browser.get('/api/auth/verify-email?token=x')).status).toBe(404);
  });

  it('[U12] answers mistakes as problems with a reason', async () => {
    const browser = world.browser();
    const fine = { name: 'Mistake', email: addressOf('mistake'), password: goodPassword };
    const bodies: readonly (readonly [object, string])[] = [
      [{}, 'malformed'],
      [{ ...fine, email: 'nonsense' }, 'malformed'],
      [{ ...fine, name: 'x' }, 'malformed'],
      [{ ...fine, password: 'short' }, 'weak-password'],
      [{ ...fine, password: 'password1' }, 'weak-password'],
      [{ ...fine, password: fine.email }, 'weak-password'],
      [{ ...fine, password: 'x'.repeat(129) }, 'weak-password'],
    ];

    for (const [body, reason] of bodies) {
      const answer = await browser.post('/api/auth/sign-up/email', body);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'malformed', reason, detail: expect.any(String) }),
      ]);
    }
    const plain = await browser.post('/api/auth/sign-in/email', fine, { 'content-type': 'text/plain' });
    expect(plain.status).toBe(415);
    expect((await browser.post('/api/auth/sign-in/email', { ...fine, more: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await browser.get('/api/auth/token')).headers.get('cache-control')).toBe('no-store');
  });

  it('[U13] is shut to pages of other origins', async () => {
    const browser = await world.signedUp('csrf');
    const from = (origin: string): Record<string, string> => ({ origin, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' });
    const body = { email: addressOf('csrf'), password: goodPassword };

    for (const origin of ['https://evil.example', 'null', `${world.origin}.evil.example`, world.origin.replace('http:', 'https:')]) {
      expect((await browser.post('/api/auth/sign-out', {}, from(origin))).status, origin).toBe(403);
      expect((await world.browser().post('/api/auth/sign-in/email', body, from(origin))).status, origin).toBe(403);
    }
    expect((await browser.post('/api/auth/revoke-sessions', {}, { origin: '' })).status).toBe(403);
    expect((await browser.get('/api/account')).status).toBe(200);
  });

  it('[U13] takes its own address and the caller from nobody', async () => {
    const browser = world.browser();
    const email = addressOf('forged');
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-for': '1.2.3.4',
      'x-cacaw-address': '1.2.3.4',
      forwarded: 'host=evil.example',
    };
    await browser.post('/api/auth/sign-up/email', { name: 'forged', email, password: goodPassword }, headers);
    const { link } = await world.mail(email, 'verify');
    await browser.post('/api/auth/verify-email', { token: fragmentOf(link) }, headers);
    await browser.post('/api/auth/sign-in/email', { email, password: goodPassword }, headers);

    const [signIn] = (await (await browser.get('/api/auth/list-sessions')).json()) as { ipAddress: string }[];

    expect(new URL(link).origin).toBe(world.origin);
    expect(signIn?.ipAddress).toMatch(/127\.0\.0\.1$/);
  });

  it('[U14] gives a cookie that no script reads and no other site sends', async () => {
    const browser = await world.signedUp('cookie');
    const secure = await openAccountWorld(inject('postgresUrl'), { isSecure: true });
    const safe = await secure.signedUp('cookie');

    const plain = browser.received.find((line) => line.startsWith('cacaw.session_token='));
    expect(plain).toMatch(/; Path=\/; HttpOnly; SameSite=Lax/i);
    expect(plain).not.toMatch(/domain|secure/i);
    expect(safe.received.find((line) => line.startsWith('__Secure-cacaw.session_token='))).toMatch(/; Secure/i);
    await secure.stop();
  });

  it('[B9] tells with every answer what is left to the address, and once nothing is, when to come back', async () => {
    const limited = await openAccountWorld(inject('postgresUrl'), { limiter: createMemoryRateLimiter(systemClock) });
    const ask = (): Promise<Response> => limited.browser().post('/api/auth/request-password-reset', { email: 'nobody@mail.example' });

    const answers = [];
    for (let round = 0; round < 6; round += 1) answers.push(await ask());

    const told = answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=\d+$/, 't'));
    expect(told).toEqual([4, 3, 2, 1, 0, 0].map((left) => `"reset";r=${left};t`));
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"reset";q=5;w=3600');
    expect(answers.map(({ headers }) => headers.has('retry-after'))).toEqual([false, false, false, false, false, true]);
    await limited.stop();
  });

  it('[U15] counts attempts by address and by e-mail', async () => {
    const counted: string[] = [];
    const limiter = createMemoryRateLimiter(systemClock);
    const limited = await openAccountWorld(inject('postgresUrl'), {
      limiter: { ...limiter, take: (limit, key) => (counted.push(`${limit} ${key}`), limiter.take(limit, key)) },
    });
    const guess = (email: string): Promise<Response> => limited.browser().post('/api/auth/request-password-reset', { email });

    const answers = [];
    for (let round = 0; round < 6; round += 1) answers.push(await guess('victim@mail.example'));

    expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await reasonOf(answers.at(-1) as Response)).toBe('rate-limit');
    expect(new Set(counted.map((one) => one.split(' ')[0]))).toEqual(new Set(['reset']));
    expect(new Set(counted).size).toBe(2);
    expect(counted.join()).not.toContain('victim');
    await limited.stop();
  });

  it('[U7] says unavailable while the database is away', async () => {
    const browser = await world.signedUp('outage');
    const { database } = world.database;
    const run = database.run.bind(database);
    database.run = () => Promise.reject(new LogUnavailable('away'));
    try {
      for (const path of ['/api/auth/token', '/api/auth/get-session', '/api/account']) {
        const answer = await browser.get(path);
        expect([answer.status, ((await answer.json()) as { code: string }).code], path).toEqual([503, 'unavailable']);
      }
      const signIn = await world.browser().post('/api/auth/sign-in/email', { email: addressOf('outage'), password: goodPassword });
      expect(signIn.status).toBe(503);
    } finally {
      database.run = run;
    }
    expect((await browser.get('/api/account')).status).toBe(200);
  });
});

describe('sign-ins', () => {
  it('[U16] are listed with browser and address, and end one by one or all at once', async () => {
    const first = await world.signedUp('many');
    const signIn = async (): Promise<typeof first> => {
      const browser = world.browser();
      await browser.post('/api/auth/sign-in/email', { email: addressOf('many'), password: goodPassword }, { 'user-agent': 'Phone/2.0' });
      return browser;
    };
    const [second, third] = [await signIn(), await signIn()];
    const tokens = [await first.token(), await second.token(), await third.token()];
    const isIn = async (token: string): Promise<boolean> =>
      (await world.accounts.authenticator.identify({ kind: 'bearer', token })) !== undefined;
    const listed = (await (await first.get('/api/auth/list-sessions')).json()) as { token: string; userAgent: string; createdAt: string }[];
    expect(listed.map((one) => one.userAgent)).toContain('Phone/2.0');
    expect(listed).toHaveLength(3);

    const { session } = (await (await second.get('/api/auth/get-session')).json()) as { session: { token: string } };
    await first.post('/api/auth/revoke-session', { token: session.token });
    expect([await isIn(tokens[0] ?? ''), await isIn(tokens[1] ?? ''), await isIn(tokens[2] ?? '')]).toEqual([true, false, true]);
    await first.post('/api/auth/revoke-sessions');

    expect([await isIn(tokens[0] ?? ''), await isIn(tokens[2] ?? '')]).toEqual([false, false]);
    expect((await third.get('/api/account')).status).toBe(401);
    expect(await world.mail(addressOf('many'), 'security')).toMatchObject({ event: 'signed-out-everywhere' });
  });

  it('[U16] of somebody else are not ended', async () => {
    const [mine, theirs] = [await world.signedUp('mine'), await world.signedUp('theirs')];
    const { session } = (await (await theirs.get('/api/auth/get-session')).json()) as { session: { token: string } };

    await mine.post('/api/auth/revoke-session', { token: session.token });

    expect((await theirs.get('/api/account')).status).toBe(200);
  });
});
