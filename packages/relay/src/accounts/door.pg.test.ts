import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fragmentOf, goodPassword, openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import { until } from '../../test/http-relay.ts';
import { connectSocket } from '../../test/socket-client.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

describe('an account', () => {
  it('[U10] goes from sign-up over the mail to a sign-in, a token and a socket, and ends with signing out', async () => {
    const browser = world.browser();
    const email = 'anna@mail.example';
    const signUp = await browser.post('/api/auth/sign-up/email', { name: 'Anna', email, password: goodPassword });
    expect([signUp.status, await signUp.json()]).toEqual([200, { status: true }]);
    const early = await browser.post('/api/auth/sign-in/email', { email, password: goodPassword });
    expect([early.status, ((await early.json()) as { reason: string }).reason]).toEqual([403, 'EMAIL_NOT_VERIFIED']);

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
});
