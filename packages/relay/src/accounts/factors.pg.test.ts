import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { goodPassword, openAccountWorld, reasonOf, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { SoftPasskey, type Ceremony } from '../../test/soft-passkey.ts';
import { totpCode } from '../../test/totp.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const jsonOf = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T;

describe('a second factor', () => {
  interface Setup {
    readonly totpURI: string;
    readonly backupCodes: readonly string[];
  }
  async function withSecondFactor(name: string): Promise<Setup> {
    const browser = await world.signedUp(name);
    const setup = await jsonOf<Setup>(browser.post('/api/auth/two-factor/enable', { password: goodPassword }));
    expect((await browser.post('/api/auth/two-factor/verify-totp', { code: totpCode(setup.totpURI, Date.now()) })).status).toBe(200);
    return setup;
  }
  async function halfSignedIn(name: string): Promise<Browser> {
    const browser = world.browser();
    const answer = await browser.post('/api/auth/sign-in/email', { email: `${name}@mail.example`, password: goodPassword });
    expect(await answer.json()).toMatchObject({ twoFactorRedirect: true });
    return browser;
  }

  it('[U17] is asked for after the password, and without it nobody is signed in', async () => {
    const { totpURI } = await withSecondFactor('tom');
    const browser = await halfSignedIn('tom');
    expect((await browser.get('/api/account')).status).toBe(401);
    expect((await browser.get('/api/auth/token')).status).toBe(401);

    const wrong = await browser.post('/api/auth/two-factor/verify-totp', { code: '000000' });
    expect([wrong.status, await reasonOf(wrong)]).toEqual([401, 'INVALID_CODE']);
    expect((await browser.post('/api/auth/two-factor/verify-totp', { code: totpCode(totpURI, Date.now() + 30_000) })).status).toBe(200);

    expect(await jsonOf(browser.get('/api/account'))).toMatchObject({ username: 'tom', hasSecondFactor: true });
    expect(await world.mail('tom@mail.example', 'security')).toMatchObject({ event: 'second-factor-on' });
  });

  it('[U17] has recovery codes that are good once each', async () => {
    const { backupCodes } = await withSecondFactor('rita');
    expect(backupCodes).toHaveLength(10);
    const use = async (code: string | undefined): Promise<number> =>
      (await (await halfSignedIn('rita')).post('/api/auth/two-factor/verify-backup-code', { code })).status;

    expect([await use(backupCodes[0]), await use(backupCodes[0]), await use(backupCodes[1])]).toEqual([200, 401, 200]);
  });

  it('[U17] is not guessed: a few wrong codes end the attempt', async () => {
    const { totpURI } = await withSecondFactor('guess');
    const browser = await halfSignedIn('guess');

    const answers: number[] = [];
    for (let tries = 0; tries < 7; tries += 1)
      answers.push((await browser.post('/api/auth/two-factor/verify-totp', { code: `12312${tries}` })).status);

    expect(answers).toEqual([401, 401, 401, 401, 401, 400, 401]);
    const late = await browser.post('/api/auth/two-factor/verify-totp', { code: totpCode(totpURI, Date.now() + 30_000) });
    expect([late.status, await reasonOf(late)]).toEqual([401, 'INVALID_TWO_FACTOR_COOKIE']);
    expect((await browser.get('/api/account')).status).toBe(401);
  });

  it('[U17] a code is good once', async () => {
    const { totpURI } = await withSecondFactor('once');
    const code = totpCode(totpURI, Date.now() + 30_000);
    const [first, second] = [await halfSignedIn('once'), await halfSignedIn('once')];

    const answers = [
      (await first.post('/api/auth/two-factor/verify-totp', { code })).status,
      (await second.post('/api/auth/two-factor/verify-totp', { code })).status,
    ];

    expect(answers).toEqual([200, 401]);
  });

  it('[U17] is not got round by a new password', async () => {
    await withSecondFactor('reset');
    await world.browser().post('/api/auth/request-password-reset', { email: 'reset@mail.example' });
    const token = new URL((await world.mail('reset@mail.example', 'reset')).link).hash.slice(1);
    expect((await world.browser().post('/api/auth/reset-password', { token, newPassword: 'another fine passphrase' })).status).toBe(200);

    const browser = world.browser();
    const answer = await browser.post('/api/auth/sign-in/email', { email: 'reset@mail.example', password: 'another fine passphrase' });

    expect(await answer.json()).toMatchObject({ twoFactorRedirect: true });
    expect((await browser.get('/api/account')).status).toBe(401);
  });
});

describe('a passkey', () => {
  async function registered(name: string, passkey: SoftPasskey): Promise<Browser> {
    const browser = await world.signedUp(name);
    const options = await jsonOf<Ceremony>(browser.get('/api/auth/passkey/generate-register-options'));
    const answer = await browser.post('/api/auth/passkey/verify-registration', {
      response: passkey.create(options),
      name: `Phone of ${name}`,
    });
    expect(answer.status).toBe(200);
    return browser;
  }
  async function signInWith(passkey: SoftPasskey): Promise<{ readonly browser: Browser; readonly answer: Response }> {
    const browser = world.browser();
    const options = await jsonOf<Ceremony>(browser.get('/api/auth/passkey/generate-authenticate-options'));
    return { browser, answer: await browser.post('/api/auth/passkey/verify-authentication', { response: passkey.get(options) }) };
  }

  it('[U18] signs its owner in without a password, until it is removed', async () => {
    const passkey = new SoftPasskey(world.origin);
    const owner = await registered('pia', passkey);

    const { browser, answer } = await signInWith(passkey);
    expect(answer.status).toBe(200);
    expect(await jsonOf(browser.get('/api/account'))).toMatchObject({ username: 'pia' });
    const [known] = await jsonOf<{ id: string; name: string }[]>(owner.get('/api/auth/passkey/list-user-passkeys'));
    expect(known?.name).toBe('Phone of pia');
    expect((await owner.post('/api/auth/passkey/delete-passkey', { id: known?.id })).status).toBe(200);

    expect((await signInWith(passkey)).answer.status).toBe(401);
    expect(await world.mail('pia@mail.example', 'security')).toMatchObject({ event: 'passkey-removed' });
  });

  it('[U18] that has not seen its owner, is of another site, or was copied before, is refused', async () => {
    const blind = new SoftPasskey(world.origin, { seesOwner: false });
    await registered('bea', blind);
    const other = new SoftPasskey(world.origin);
    await registered('ben', other);

    expect(await reasonOf((await signInWith(blind)).answer)).toBe('USER_NOT_VERIFIED');
    expect((await signInWith(new SoftPasskey('https://evil.example'))).answer.status).toBe(401);
    const browser = world.browser();
    const options = await jsonOf<Ceremony>(browser.get('/api/auth/passkey/generate-authenticate-options'));
    const response = other.get(options);
    expect((await browser.post('/api/auth/passkey/verify-authentication', { response })).status).toBe(200);
    expect((await world.browser().post('/api/auth/passkey/verify-authentication', { response })).status).toBe(400);
  });
});
