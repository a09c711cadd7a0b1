import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fragmentOf, goodPassword, openAccountWorld, reasonOf, type AccountWorld } from '../../test/account-world.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const newPassword = 'another fine passphrase';
const signIn = async (email: string, password: string): Promise<number> =>
  (await world.browser().post('/api/auth/sign-in/email', { email, password })).status;

describe('a new password', () => {
  it('[U33] needs the old one, ends every other sign-in and is told by mail', async () => {
    const [browser, email] = [await world.signedUp('changer'), 'changer@mail.example'];
    const other = world.browser();
    await other.post('/api/auth/sign-in/email', { email, password: goodPassword });
    const wrong = await browser.post('/api/auth/change-password', { currentPassword: 'not this one', newPassword });
    expect([wrong.status, await reasonOf(wrong)]).toEqual([400, 'INVALID_PASSWORD']);

    const change = { currentPassword: goodPassword, newPassword, revokeOtherSessions: false };
    expect((await browser.post('/api/auth/change-password', change)).status).toBe(200);

    expect([(await browser.get('/api/account')).status, (await other.get('/api/account')).status]).toEqual([200, 401]);
    expect([await signIn(email, goodPassword), await signIn(email, newPassword)]).toEqual([401, 200]);
    expect(await world.mail(email, 'security')).toMatchObject({ event: 'password-changed' });
  });

  it('[U33] is held to the same rules as the first', async () => {
    const browser = await world.signedUp('ruled');
    for (const weak of ['short', 'password1', 'ruled@mail.example', 'x'.repeat(129)]) {
      const answer = await browser.post('/api/auth/change-password', { currentPassword: goodPassword, newPassword: weak });
      expect([answer.status, await reasonOf(answer)], weak).toEqual([400, 'weak-password']);
    }
    await world.browser().post('/api/auth/request-password-reset', { email: 'ruled@mail.example' });
    const token = fragmentOf((await world.mail('ruled@mail.example', 'reset')).link);
    for (const weak of ['password1', 'ruled@mail.example'])
      expect(await reasonOf(await world.browser().post('/api/auth/reset-password', { token, newPassword: weak }))).toBe('weak-password');
    // A refused password has not spent the link.
    expect((await world.browser().post('/api/auth/reset-password', { token, newPassword })).status).toBe(200);
  });

  it('[U34] comes by a link that is good once, for half an hour, and ends every sign-in', async () => {
    const [browser, email] = [await world.signedUp('forgetful'), 'forgetful@mail.example'];
    await world.browser().post('/api/auth/request-password-reset', { email });
    const { link, validMinutes } = await world.mail(email, 'reset');
    const token = fragmentOf(link);
    expect(validMinutes).toBeLessThanOrEqual(30);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.browser().post('/api/auth/reset-password', { token, newPassword })),
    );

    expect(answers.filter((one) => one.ok)).toHaveLength(1);
    expect((await browser.get('/api/account')).status).toBe(401);
    expect([await signIn(email, goodPassword), await signIn(email, newPassword)]).toEqual([401, 200]);
    expect(await world.mail(email, 'security')).toMatchObject({ event: 'password-reset' });
    const again = await world.browser().post('/api/auth/reset-password', { token, newPassword: 'and yet another one' });
    expect([again.status, await reasonOf(again)]).toEqual([400, 'INVALID_TOKEN']);
  });

  it('[U34] does not come by a link that is too old', async () => {
    const email = 'late@mail.example';
    await world.signedUp('late');
    await world.browser().post('/api/auth/request-password-reset', { email });
    const token = fragmentOf((await world.mail(email, 'reset')).link);
    const { sql } = world.database;
    const [{ minutes } = { minutes: 0 }] = await sql<{ minutes: number }[]>`
      select max(extract(epoch from expires_at - created_at) / 60)::float as minutes from verifications`;
    expect(minutes).toBeLessThanOrEqual(30.1);

    await sql`update verifications set expires_at = now() - interval '1 second'`;

    expect((await world.browser().post('/api/auth/reset-password', { token, newPassword })).status).toBe(400);
    expect(await signIn(email, goodPassword)).toBe(200);
  });
});
