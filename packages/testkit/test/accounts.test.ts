import type { Cacaw } from '@cacaw/client';
import { newCommandId, type CollectionId, type CommandId, type ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { add, createHome, settle, Street, watch, type StreetTab } from './street.ts';

test('[L88] [L89] what was made with no account is on a second device after signing up here and in there', async () => {
  const street = new Street();
  const account = street.newAccount('anna');
  const before = street.browser('first', null);
  const local = await before.open();
  const home = await createHome(street, local.cacaw);
  await local.cacaw.close();

  const first = await street.browser('first again', account, before.disk).open();
  await street.during(first.cacaw.setNetwork('sync'));
  const second = await street.browser('second', account).open();
  await street.during(second.cacaw.setNetwork('sync'));
  const screens = [watch(first.cacaw, home), watch(second.cacaw, home)] as const;
  await add(second.cacaw, home, 'Saw');
  await add(first.cacaw, home, 'Hammer');
  await street.clock.advance(10_000);

  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'Hammer', 'Saw']);
  for (const screen of screens) expect([screen.role, screen.state]).toEqual(['owner', 'synced']);
  const made = await createHome(street, second.cacaw);
  await street.clock.advance(70_000);
  expect(watch(first.cacaw, made).names).toBeDefined();
  const there = watch(first.cacaw, made);
  await street.clock.advance(1_000);
  expect(there.names()).toEqual(['Drill']);
  expect(street.faults).toEqual([]);
});

test('[L92] a role that changes reaches the screen at once, and what an editor did offline until then is listed with the reason', async () => {
  const street = new Street();
  const [anna, ben] = [await street.browser('anna').open(), await street.browser('ben').open()];
  const home = await createHome(street, anna.cacaw);
  const { link } = await street.during(anna.cacaw.createInvite(home, { role: 'editor' }));
  await street.during(ben.cacaw.acceptInvite(link));
  const [bens] = (await street.during(anna.cacaw.members(home))).filter(({ role }) => role === 'editor');
  if (bens === undefined) throw new Error('Ben is no member.');
  const screens = [watch(anna.cacaw, home), watch(ben.cacaw, home)] as const;
  await street.clock.advance(5_000);

  await ben.cacaw.setNetwork('local');
  await street.clock.advance(1_000);
  await add(ben.cacaw, home, 'Saw');
  const drill = screens[1].row('Drill');
  if (drill === undefined) throw new Error('The drill has not arrived.');
  await ben.cacaw.run({ type: 'editItem', collection: home, item: drill, change: { name: 'Hammer drill' } });
  await street.during(anna.cacaw.setRole(home, bens.accountId, 'viewer'));
  await ben.cacaw.setNetwork('sync');
  await street.clock.advance(30_000);

  for (const screen of screens) expect(screen.names()).toEqual(['Drill']);
  expect(screens[1].role).toBe('viewer');
  await expect(add(ben.cacaw, home, 'Axe')).rejects.toMatchObject({ code: 'view-only' });
  const refused = await ben.cacaw.refused(home);
  expect(refused.map(({ kind, canAsk, about, text }) => ({ kind, canAsk, about, text }))).toEqual([
    { kind: 'role', canAsk: true, about: 'Saw', text: 'Saw' },
    { kind: 'role', canAsk: true, about: 'Drill', text: 'Hammer drill' },
  ]);

  await street.during(anna.cacaw.setRole(home, bens.accountId, 'editor'), 2_000);
  expect(screens[1].role).toBe('editor');
  await add(ben.cacaw, home, 'Axe');
  await street.clock.advance(5_000);
  for (const screen of screens) expect(screen.names()).toEqual(['Axe', 'Drill']);
});

test('[L86] two accounts on one browser: what one left unsent is never sent as the other’s', async () => {
  const street = new Street();
  const annas = street.browser('anna');
  const first = await annas.open();
  const home = await createHome(street, first.cacaw);
  await street.during(first.cacaw.share(home));
  await first.cacaw.setNetwork('local');
  await add(first.cacaw, home, 'Saw');
  await first.cacaw.close();

  // Somebody else's cookie answers now, while the page is still Anna's.
  annas.cookie = street.newAccount('ben');
  const second = await annas.open();
  await second.cacaw.setNetwork('sync');
  const screen = watch(second.cacaw, home);
  await street.clock.advance(60_000);

  expect(screen.state).toBe('signed-out');
  expect(await street.during(street.membership.members(home))).toHaveLength(1);
  annas.cookie = annas.account;
  second.cacaw.retry();
  await street.clock.advance(30_000);
  expect(screen.state).toBe('synced');
  expect(screen.names()).toEqual(['Drill', 'Saw']);
});

/** Anna counts as a guest, signs up in the middle of it, and goes on; Ben counts along. */
class Counting {
  readonly street: Street;
  #sum = 0;
  #open: { readonly command: CommandId; readonly by: number } | undefined;
  home: CollectionId | undefined;
  item: ItemId | undefined;

  constructor(seed: number) {
    this.street = new Street(seed);
  }

  get sum(): number {
    return this.#sum;
  }

  /** Begins a count that a dying tab may or may not have kept; {@link settleOpen} does it again under the same id. */
  count(cacaw: Cacaw): Promise<void> {
    this.#open = { command: newCommandId(this.street.random), by: 1 + this.street.random.int(3) };
    return this.settleOpen(cacaw);
  }

  async settleOpen(cacaw: Cacaw): Promise<void> {
    if (this.#open === undefined || this.home === undefined || this.item === undefined) return;
    const { command, by } = this.#open;
    await cacaw.run({ type: 'adjustQuantity', collection: this.home, item: this.item, place: '', by }, command);
    this.#sum += by;
    this.#open = undefined;
  }
}

/** Some counts, lost connections and deaths of a tab; returns the tab that is left. */
async function live(counting: Counting, tab: StreetTab, reopen: () => Promise<StreetTab>): Promise<StreetTab> {
  const { random, clock } = counting.street;
  let current = tab;
  for (let step = 0; step < 6; step += 1) {
    const counted = counting.count(current.cacaw);
    counted.catch(() => undefined);
    if (random.chance(0.3)) current.cut();
    if (random.chance(0.3)) {
      for (let turn = random.int(4); turn > 0; turn -= 1) await settle();
      current.kill();
      current = await reopen();
      await clock.advance(random.int(2_000));
      await counting.settleOpen(current.cacaw);
    } else await counting.street.during(counted, random.int(400));
  }
  return current;
}

test('[L87] whenever a guest signs up, what it had under way is committed once, as the account’s, and syncing goes on', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const counting = new Counting(seed);
    const { street } = counting;
    const guest = street.browser('guest', null);
    let tab = await guest.open();
    const home = await createHome(street, tab.cacaw);
    const link = await street.oldLink(home);
    await street.during(tab.cacaw.openLink(link));
    const ben = await street.browser('ben').open();
    await street.during(ben.cacaw.openLink(link));
    const screens = { anna: watch(tab.cacaw, home), ben: watch(ben.cacaw, home) };
    await street.clock.advance(2_000);
    counting.home = home;
    counting.item = screens.ben.row('Drill');
    const base = (await ben.cacaw.rows(counting.item === undefined ? [] : [counting.item]))[0]?.quantity ?? 0;

    tab = await live(counting, tab, () => guest.open());
    const account = street.newAccount('anna');
    // Half of the time the account is in already, from another device.
    if (street.random.chance(0.5)) {
      const elsewhere = await street.browser('elsewhere', account).open();
      await street.during(elsewhere.cacaw.openLink(link));
    }
    const under = counting.count(tab.cacaw);
    under.catch(() => undefined);
    for (let turn = street.random.int(4); turn > 0; turn -= 1) await settle();
    tab.kill();
    const signedUp = street.browser('signed up', account, guest.disk);
    tab = await signedUp.open();
    await counting.settleOpen(tab.cacaw);
    tab = await live(counting, tab, () => signedUp.open());
    await add(ben.cacaw, home, 'Saw');
    await street.clock.advance(60_000);

    const anna = watch(tab.cacaw, home);
    await street.clock.advance(1_000);
    for (const { cacaw } of [tab, ben]) {
      const [row] = await cacaw.rows(counting.item === undefined ? [] : [counting.item]);
      expect(row?.quantity, `seed ${seed}`).toBe(base + counting.sum);
    }
    expect([anna.state, anna.names()], `seed ${seed}`).toEqual(['synced', ['Drill', 'Saw']]);
    expect(await tab.cacaw.refused(home)).toEqual([]);
    const accounts = (await street.membership.members(home)).map((one) => one.account);
    expect(accounts, `seed ${seed}`).toContain(account);
    expect(accounts.filter((one) => one.length !== 22)).toEqual([]);
    expect(counting.sum).toBeGreaterThan(10);
    expect(street.faults).toEqual([]);
  }
});
