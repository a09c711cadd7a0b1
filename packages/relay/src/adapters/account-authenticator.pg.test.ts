import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { authenticatorContract, type ProvenSignIn } from '../contracts/authenticator.ts';
import type { SignInId } from '../ports/authenticator.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

describe('accounts by token and cookie, in PostgreSQL', () => {
  const browsers = new Map<SignInId, Browser>();
  let count = 0;
  authenticatorContract(async () => ({
    authenticator: world.accounts.authenticator,
    async signIn(): Promise<ProvenSignIn> {
      count += 1;
      const browser = await world.signedUp(`somebody${count}`);
      const { session } = (await (await browser.get('/api/auth/get-session')).json()) as { session: { id: SignInId; userId: AccountId } };
      browsers.set(session.id, browser);
      return { account: session.userId, id: session.id, token: await browser.token(), cookie: browser.cookie };
    },
    signOut: async ({ id }) => void (await browsers.get(id)?.post('/api/auth/sign-out')),
  }));
});
