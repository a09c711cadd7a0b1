import type { AccountId } from '@cacaw/protocol';
import { fragmentOf, goodPassword } from '../account-world.ts';
import { signInAgain, type Attacker, type Person } from './attacker.ts';
import type { Doors } from './faces.ts';
import type { TokenAttack } from './token-attacks.ts';

const anotherPassword = 'incorrect donkey accumulator clip';

/** How a sign-in is ended. */
type End = (attacker: Attacker, person: Person) => Promise<unknown>;

const erasing = 'erasing the account';
const ends: { readonly [how: string]: End } = {
  'signing out': (_attacker, { browser }) => browser.post('/api/auth/sign-out'),
  'signing out everywhere': async ({ world }, { name }) => (await signInAgain(world, name)).browser.post('/api/auth/revoke-sessions'),
  'another device ending it': async ({ world }, { name, sessionSecret }) =>
    (await signInAgain(world, name)).browser.post('/api/auth/revoke-session', { token: sessionSecret }),
  'a new password': async ({ world }, { name }) =>
    (await signInAgain(world, name)).browser.post('/api/auth/change-password', {
      currentPassword: goodPassword,
      newPassword: anotherPassword,
    }),
  'a reset of the password': async ({ world }, { name, browser }) => {
    const email = `${name}@mail.example`;
    await browser.post('/api/auth/request-password-reset', { email });
    const token = fragmentOf((await world.mail(email, 'reset')).link);
    await world.browser().post('/api/auth/reset-password', { token, newPassword: anotherPassword });
  },
  'its time running out': ({ world }, { signIn }) =>
    world.database.sql`update sign_ins set expires_at = now() - interval '1 second' where id = ${signIn}`,
  [erasing]: ({ world }, { account }) => world.myData.erase(account as AccountId),
};

/** Whatever ends a sign-in ends what proves it, on every face. */
export const revocations: readonly TokenAttack[] = Object.entries(ends).flatMap(([how, end], at) => {
  const after = async (attacker: Attacker, proof: string): Promise<{ readonly person: Person; readonly doors: Doors }> => {
    const made = await attacker.newVictim(`${proof}-${at}`);
    await end(attacker, made.person);
    return made;
  };
  const token: TokenAttack = {
    name: `token after ${how}`,
    defence: 'sign-in lives',
    async present(attacker) {
      const { person, doors } = await after(attacker, 'token');
      return { token: person.token, doors };
    },
  };
  const cookie: TokenAttack = {
    name: `cookie after ${how}`,
    defence: 'cookie lives',
    async present(attacker) {
      const { person, doors } = await after(attacker, 'cookie');
      return { headers: { cookie: person.cookie }, doors };
    },
  };
  // Of an erased account no route and no collection knows anything: there is no single defence to switch off.
  return how === erasing ? [token] : [token, cookie];
});
