import type { AccountId } from '@cacaw/protocol';
import type { AccountAnswer } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { settled } from '../../test/manual-clock.ts';
import { MemoryProfile } from '../../test/memory-profile.ts';
import { SwitchedNetwork } from '../../test/switched-network.ts';
import type { SignInOutcome } from '../account.ts';
import { createAccounts, type Accounts } from './accounts.ts';

const anna = 'A'.repeat(22) as AccountId;
const ben = 'B'.repeat(22) as AccountId;

/** A relay whose cookie says who is signed in. */
class Cookie {
  who: AccountId | null = null;
  isAway = false;
  readonly calls = {
    me: async (): Promise<AccountAnswer | null> => {
      this.#answer();
      return this.who === null ? null : ({ accountId: this.who, username: this.who[0] ?? '' } as AccountAnswer);
    },
    signOut: async (): Promise<void> => {
      this.#answer();
      this.who = null;
    },
  };

  signIn(who: AccountId): () => Promise<SignInOutcome> {
    return async () => {
      this.#answer();
      this.who = who;
      return { kind: 'signed-in', account: who };
    };
  }

  #answer(): void {
    if (this.isAway) throw new TypeError('fetch failed');
  }
}

class Tabs {
  readonly profile = new MemoryProfile();
  readonly cookie = new Cookie();
  readonly network = new SwitchedNetwork();

  async open(): Promise<Accounts> {
    const registry = await this.profile.registry();
    return createAccounts({ registry, calls: async () => this.cookie.calls, network: this.network });
  }
}

test('[L83] signing in moves the page to the account’s data, in every tab, and signing in again only wakes it', async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  let moves = 0;
  two.onMove(() => (moves += 1));
  expect(await one.signIn(tabs.cookie.signIn(anna))).toMatchObject({ kind: 'moved', place: { account: anna } });
  await settled();
  expect(moves).toBe(1);

  const [three, four] = [await tabs.open(), await tabs.open()];
  let wakes = 0;
  for (const tab of [three, four]) tab.onSignedIn(() => (wakes += 1));
  expect(await three.signIn(tabs.cookie.signIn(anna))).toMatchObject({ kind: 'stayed' });
  await settled();
  expect(wakes).toBe(2);
});

test('[L83] somebody else who signs in moves the page to their own data', async () => {
  const tabs = new Tabs();
  const first = await (await tabs.open()).signIn(tabs.cookie.signIn(anna));
  const page = await tabs.open();
  expect(page.place).toMatchObject({ account: anna });
  const second = await page.signIn(tabs.cookie.signIn(ben));
  expect(second).toMatchObject({ kind: 'moved', place: { account: ben } });
  expect(first).not.toMatchObject({ place: { database: second.kind === 'moved' ? second.place.database : '' } });
  expect(await page.locked()).toEqual([{ account: anna, username: 'A' }]);
});

test('[L81] a sign-in that was cut after the relay’s yes is finished at the next start; one that was refused is forgotten', async () => {
  const tabs = new Tabs();
  const page = await tabs.open();
  void page.signIn(async () => {
    await tabs.cookie.signIn(anna)();
    return new Promise(() => undefined); // the browser dies before the page hears of it
  });
  await settled();
  tabs.profile.crash();

  const next = await tabs.open();
  let moves = 0;
  next.onMove(() => (moves += 1));
  await settled();
  expect(moves).toBe(1);
  expect((await tabs.open()).place).toMatchObject({ account: anna });

  const refused = next.signIn(async () => {
    throw new Error('wrong password');
  });
  await expect(refused).rejects.toThrow('wrong password');
  expect(await (await tabs.profile.registry()).unfinished()).toMatchObject({ isEntering: false });
});

test('[L84] signing out works offline: the data is locked at once, and the relay hears of it when there is a network', async () => {
  const tabs = new Tabs();
  await (await tabs.open()).signIn(tabs.cookie.signIn(anna));
  const page = await tabs.open();
  tabs.network.set(false);
  tabs.cookie.isAway = true;

  expect(await page.signOut('keep')).toMatchObject({ kind: 'moved', place: { account: null } });
  expect(tabs.cookie.who).toBe(anna);
  const next = await tabs.open();
  expect(next.place.account).toBeNull();
  tabs.cookie.isAway = false;
  tabs.network.set(true);
  await settled();

  expect(tabs.cookie.who).toBeNull();
  expect(await (await tabs.profile.registry()).unfinished()).toMatchObject({ owesSignOut: false });
});

test('[L84] erasing the account takes its data off this device', async () => {
  const tabs = new Tabs();
  await (await tabs.open()).signIn(tabs.cookie.signIn(anna));
  const page = await tabs.open();
  await page.erased();
  expect([...tabs.profile.disks.keys()].some((name) => name.includes(anna))).toBe(false);
  expect(await page.locked()).toEqual([]);
});

test('[L79] who arrives with no sign-in is told so', async () => {
  const tabs = new Tabs();
  expect(await (await tabs.open()).arrive()).toEqual({ kind: 'nobody' });
});
