import { fragmentOf, goodPassword } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { SoftPasskey, type Ceremony } from '../soft-passkey.ts';
import { totpCode } from '../totp.ts';
import type { Attacker } from './attacker.ts';

/** Something that opens a door once, tried where or when it must not. */
export interface DoorAttack {
  readonly name: string;
  /** What refuses it: a name of `holes.ts`. */
  readonly defence: string;
  /** Does what is allowed, then what is not; gives back the status of the latter. */
  readonly attempt: (attacker: Attacker) => Promise<number>;
}

const newPassword = 'incorrect donkey accumulator clip';
const mailOf = (name: string): string => `${name}@mail.example`;

async function resetToken({ world }: Attacker, name: string): Promise<string> {
  await world.browser().post('/api/auth/request-password-reset', { email: mailOf(name) });
  return fragmentOf((await world.mail(mailOf(name), 'reset')).link);
}

const reset = async ({ world }: Attacker, token: string): Promise<number> =>
  (await world.browser().post('/api/auth/reset-password', { token, newPassword })).status;

interface SecondFactor {
  readonly totpURI: string;
  readonly backupCodes: readonly string[];
}

/** Turns the second factor of a new account on. */
export async function withSecondFactor({ world }: Attacker, name: string): Promise<SecondFactor> {
  const browser = await world.signedUp(name);
  const setup = (await (await browser.post('/api/auth/two-factor/enable', { password: goodPassword })).json()) as SecondFactor;
  const code = totpCode(setup.totpURI, Date.now());
  const answer = await browser.post('/api/auth/two-factor/verify-totp', { code });
  if (!answer.ok) throw new Error(`${name} has no second factor: ${await answer.text()}`);
  return setup;
}

/** A browser after the password and before the second factor. */
export async function halfSignedIn({ world }: Attacker, name: string): Promise<Browser> {
  const browser = world.browser();
  await browser.post('/api/auth/sign-in/email', { email: mailOf(name), password: goodPassword });
  return browser;
}

const prove = async (browser: Browser, how: 'verify-totp' | 'verify-backup-code', code: string): Promise<number> =>
  (await browser.post(`/api/auth/two-factor/${how}`, { code })).status;

/** First once, as its owner may; then again. */
async function twice(attempt: () => Promise<number>): Promise<number> {
  const first = await attempt();
  if (first !== 200) throw new Error(`What is allowed was answered ${first}.`);
  return attempt();
}

/** Every attack on what is good once, for one purpose, for a while. */
export const doorAttacks: readonly DoorAttack[] = [
  {
    name: 'a reset token used again',
    defence: 'used up',
    async attempt(attacker) {
      await attacker.world.signedUp('reset-again');
      const token = await resetToken(attacker, 'reset-again');
      return twice(() => reset(attacker, token));
    },
  },
  {
    name: 'a reset token after half an hour',
    defence: 'mails age',
    async attempt(attacker) {
      await attacker.world.signedUp('reset-late');
      const token = await resetToken(attacker, 'reset-late');
      await attacker.world.database.sql`update verifications set expires_at = now() - interval '1 second'`;
      return reset(attacker, token);
    },
  },
  {
    name: 'a recovery code used again',
    defence: 'recovery codes used up',
    async attempt(attacker) {
      const { backupCodes } = await withSecondFactor(attacker, 'recovery-again');
      return twice(async () => prove(await halfSignedIn(attacker, 'recovery-again'), 'verify-backup-code', backupCodes[0] ?? ''));
    },
  },
  {
    name: 'a code of the second factor used again',
    defence: 'codes used up',
    async attempt(attacker) {
      const { totpURI } = await withSecondFactor(attacker, 'code-again');
      const code = totpCode(totpURI, Date.now() + 30_000);
      return twice(async () => prove(await halfSignedIn(attacker, 'code-again'), 'verify-totp', code));
    },
  },
  {
    name: 'an answer of a passkey used again',
    defence: 'used up',
    async attempt({ world }) {
      const passkey = new SoftPasskey(world.origin);
      const browser = await world.signedUp('passkey-again');
      const asked = async (what: string): Promise<Ceremony> => (await (await browser.get(`/api/auth/passkey/${what}`)).json()) as Ceremony;
      await browser.post('/api/auth/passkey/verify-registration', {
        response: passkey.create(await asked('generate-register-options')),
        name: 'Phone',
      });
      const response = passkey.get(await asked('generate-authenticate-options'));
      // From the browser that was asked, so that nothing but the question's being used up stands in the way.
      const { cookie } = browser;
      const answer = (): Promise<Response> =>
        fetch(`${world.http.url}/api/auth/passkey/verify-authentication`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: world.origin, cookie },
          body: JSON.stringify({ response }),
        });
      return twice(async () => {
        // As most passkeys, it does not count its answers.
        await world.database.sql`update passkeys set counter = 0`;
        return (await answer()).status;
      });
    },
  },
];
