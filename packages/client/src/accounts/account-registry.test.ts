import { openDevice, takeOwnership } from '@cacaw/core/device';
import { newCollectionId, type AccountId, type Json } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { MemoryProfile } from '../../test/memory-profile.ts';
import { strongRandom } from '../../test/strong-random.ts';
import { networkChoice } from '../network-mode.ts';
import { registryDatabase, type AccountRegistry, type Place } from './account-registry.ts';

const anna = 'A'.repeat(22) as AccountId;
const ben = 'B'.repeat(22) as AccountId;
const asAnna = { account: anna, username: 'anna', local: 'adopt' } as const;
const asBen = { account: ben, username: 'ben', local: 'adopt' } as const;

/** Opens what a page at `place` would show, and returns the collections' names; rejects when it is not theirs. */
async function shown(profile: MemoryProfile, { database, account }: Pick<Place, 'database' | 'account'>): Promise<readonly string[]> {
  const store = profile.open(database);
  await takeOwnership(store, account);
  return (await store.read(['collections'], (tx) => tx.range('collections', {}))).map(({ name }) => name);
}

async function make(profile: MemoryProfile, { database }: Place, name: string): Promise<void> {
  const device = await openDevice({ store: profile.open(database), clock: new ManualClock(), random: strongRandom });
  await device.run({ type: 'createCollection', id: newCollectionId(strongRandom), draft: { name, type: 'home', currency: 'EUR' } });
  await device[Symbol.asyncDispose]();
}

const corrupt = (profile: MemoryProfile, value: Json): Promise<void> =>
  profile
    .open(registryDatabase)
    .write(['settings'], async (tx) => tx.put('settings', { key: 'accounts', value }), { durability: 'strict' });

test('[L80] a browser nobody signed in on opens the local account at CacawInventory', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  expect(await registry.open()).toEqual({ database: 'CacawInventory', account: null, username: '', entries: 0 });
  expect(await registry.locked()).toEqual([]);
});

test('[L80] the local account that signs up keeps its database, not a byte of it moves, and the next local account starts empty', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  const local = await registry.open();
  await make(profile, local, 'Cellar');
  const disk = profile.disks.get('CacawInventory');

  const place = await registry.enter(asAnna);

  expect(place).toMatchObject({ database: 'CacawInventory', account: anna, username: 'anna' });
  expect(profile.disks.get('CacawInventory')).toBe(disk);
  expect(await shown(profile, place)).toEqual(['Cellar']);
  const next = await registry.leave(anna, 'keep');
  expect(next.database).toMatch(/^CacawInventory\.local-[0-9A-Za-z]{8}$/);
  expect(await shown(profile, next)).toEqual([]);
});

test('[L80] an account that signs in where nothing is kept, or is told to leave it, has a database of its own name', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  expect(await registry.enter(asAnna)).toMatchObject({ database: `CacawInventory.${anna}` });
  const local = await registry.leave(anna, 'keep');
  expect(local.database).toBe('CacawInventory');
  await make(profile, local, 'Cellar');

  const place = await registry.enter({ ...asBen, local: 'leave' });

  expect(place.database).toBe(`CacawInventory.${ben}`);
  expect(await shown(profile, place)).toEqual([]);
  expect(await shown(profile, local)).toEqual(['Cellar']);
});

test('[L80] an account that was here comes back to its own database, whatever the local account holds', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  await make(profile, await registry.open(), 'Anna’s');
  await registry.enter(asAnna);
  const local = await registry.leave(anna, 'keep');
  await make(profile, local, 'Somebody’s');

  expect(await registry.locked()).toEqual([{ account: anna, username: 'anna' }]);
  expect(await shown(profile, await registry.enter(asAnna))).toEqual(['Anna’s']);
  expect(await registry.locked()).toEqual([]);
});

test('[L80] an account that came in may sync, unless it had chosen otherwise here', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  const { database } = await registry.enter(asAnna);
  expect(await networkChoice(profile.open(database))).toBe('sync');
  await profile
    .open(database)
    .write(['settings'], async (tx) => tx.put('settings', { key: 'network', value: 'local' }), { durability: 'strict' });
  await registry.enter(asAnna);
  expect(await networkChoice(profile.open(database))).toBe('local');
});

test('[L81] whenever the browser dies while the local account signs up, its data is in one place, and signing in again finishes it', async () => {
  let points = 0;
  for (let at = 0; ; at += 1) {
    const profile = new MemoryProfile();
    const registry = await profile.registry();
    await make(profile, await registry.open(), 'Cellar');
    await registry.begin();
    const outcome = await cutAt(profile, at, () => registry.enter(asAnna));
    if (outcome !== 'died') break;
    points += 1;

    const after = await profile.registry();
    const place = await after.open();
    expect(await shown(profile, place)).toEqual(['Cellar']);
    if (place.account === null) expect(await after.unfinished()).toMatchObject({ isEntering: true });
    const again = await after.enter(asAnna);
    expect(await shown(profile, again)).toEqual(['Cellar']);
    expect(again.database).toBe('CacawInventory');
    expect(await shown(profile, await after.leave(anna, 'keep'))).toEqual([]);
  }
  expect(points).toBeGreaterThan(15);
});

test('[L81] two tabs that sign in at once end at the same place', async () => {
  const profile = new MemoryProfile();
  const [one, two] = [await profile.registry(), await profile.registry()];
  await make(profile, await one.open(), 'Cellar');

  await Promise.all([one.enter(asAnna), two.enter(asAnna)]);

  const places = [await one.open(), await two.open()];
  for (const place of places) expect(place).toMatchObject({ database: 'CacawInventory', account: anna });
});

test('[L81] of two accounts that come in at once one has the local database, and neither the other’s', async () => {
  const profile = new MemoryProfile();
  const [one, two] = [await profile.registry(), await profile.registry()];
  await make(profile, await one.open(), 'Cellar');

  await Promise.all([one.enter(asAnna), two.enter(asBen)]);

  const kept = await Promise.all([one.enter(asAnna), one.enter(asBen)].map(async (entering) => shown(profile, await entering)));
  expect(kept.flat()).toEqual(['Cellar']);
});

test('[L81] a sign-in that came to nothing, and a sign-out the relay has not heard of, are remembered until settled', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  await registry.begin();
  expect(await registry.unfinished()).toEqual({ isEntering: true, owesSignOut: false });
  await registry.cancel();
  await registry.enter(asAnna);
  await registry.leave(anna, 'keep');
  expect(await (await profile.registry()).unfinished()).toEqual({ isEntering: false, owesSignOut: true });
  await registry.settleSignOut();
  expect(await registry.unfinished()).toEqual({ isEntering: false, owesSignOut: false });
});

test('[L82] a registry that was lost or damaged is made anew from what databases say, with nobody signed in', async () => {
  const damages: readonly Json[] = [null, 'x', {}, { current: anna, local: 'CacawInventory', accounts: [] }];
  for (const damage of damages) {
    const profile = new MemoryProfile();
    const registry = await profile.registry();
    await make(profile, await registry.open(), 'Anna’s');
    await registry.enter(asAnna);
    if (damage === null) profile.disks.delete(registryDatabase);
    else await corrupt(profile, damage);

    const after = await profile.registry();
    const place = await after.open();

    expect(place).toMatchObject({ account: null });
    expect(await shown(profile, place)).toEqual([]);
    expect(await shown(profile, await after.enter(asBen))).toEqual([]);
    expect(await shown(profile, await after.enter(asAnna))).toEqual(['Anna’s']);
  }
});

test('[L82] a registry that names somebody else’s database shows nothing of it, and mends', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  await make(profile, await registry.open(), 'Anna’s');
  await registry.enter(asAnna);
  const wrong = { current: ben, accounts: [{ account: ben, username: 'ben', database: 'CacawInventory' }] };
  const rest = { wiping: [], isEntering: false, owesSignOut: false, entries: 1 };
  await corrupt(profile, { ...wrong, local: 'CacawInventory.local-x', ...rest });

  await expect(shown(profile, await registry.open())).rejects.toMatchObject({ code: 'foreign' });
  const place = await registry.mend();
  expect(place.account).toBeNull();
  expect(await shown(profile, place)).toEqual([]);

  await corrupt(profile, { current: null, local: 'CacawInventory', accounts: [], ...rest });
  await expect(shown(profile, await registry.open())).rejects.toMatchObject({ code: 'foreign' });
  expect(await shown(profile, await registry.enter(asBen))).toEqual([]);
  expect(await shown(profile, await registry.enter(asAnna))).toEqual(['Anna’s']);
});

test('[L83] every tab hears where to open now, also one that slept', async () => {
  const profile = new MemoryProfile();
  const [one, two] = [await profile.registry(), await profile.registry()];
  await Promise.all([one.open(), two.open()]);
  const heard: (string | null)[] = [];
  two.onChange(({ account }) => heard.push(account));

  await one.enter(asAnna);
  await settled();
  await one.enter(asAnna);
  await settled();
  await one.leave(anna, 'keep');
  await settled();
  await two.refresh();

  expect(heard).toEqual([anna, anna, null]);
});

test('[L136] the key of an account’s looks is here while the account is: gone when it leaves, when somebody else comes, and told of nobody locked', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  const [keyOfAnna, keyOfBen] = ['a'.repeat(43), 'b'.repeat(43)];
  const kept = async (): Promise<string> =>
    JSON.stringify(await profile.open(registryDatabase).read(['settings'], (tx) => tx.range('settings', {})));
  expect(await registry.enter({ ...asAnna, lookKey: keyOfAnna })).toMatchObject({ account: anna, lookKey: keyOfAnna });
  expect(await (await profile.registry()).open()).toMatchObject({ lookKey: keyOfAnna });

  expect(await registry.enter({ ...asBen, lookKey: keyOfBen })).toMatchObject({ account: ben, lookKey: keyOfBen });
  expect(await kept()).not.toContain(keyOfAnna);
  expect((await registry.locked()).map((one) => Object.keys(one))).toEqual([['account', 'username']]);
  expect((await registry.leave(ben, 'keep')).lookKey).toBeUndefined();
  expect(await kept()).not.toContain(keyOfBen);
  expect(await registry.enter({ ...asAnna, lookKey: keyOfAnna })).toMatchObject({ lookKey: keyOfAnna });
  await registry.leave(anna, 'wipe');
  expect(await kept()).not.toContain(keyOfAnna);
});

test('[L84] leaving with a wipe deletes the account’s databases and free documents, and nobody else’s', async () => {
  const profile = new MemoryProfile();
  const registry = await profile.registry();
  await make(profile, await registry.open(), 'Anna’s');
  const place = await registry.enter(asAnna);
  await registry.leave(anna, 'keep');
  await make(profile, await registry.enter(asBen), 'Ben’s');
  await registry.enter(asAnna);
  const [home, benHome] = [newCollectionId(strongRandom), newCollectionId(strongRandom)];
  profile.open(`${place.database}.${home}.free.notebook.0`);
  profile.open(`CacawInventory.${ben}.${benHome}.free.notebook.0`);

  const local = await registry.leave(anna, 'wipe');

  expect([...profile.disks.keys()].toSorted()).toEqual(
    [registryDatabase, local.database, `CacawInventory.${ben}`, `CacawInventory.${ben}.${benHome}.free.notebook.0`].toSorted(),
  );
  expect(await registry.locked()).toEqual([{ account: ben, username: 'ben' }]);
  expect(await shown(profile, await registry.enter(asAnna))).toEqual([]);
});

test('[L84] a wipe that is cut at any moment never shows the data again, and goes on at the next start', async () => {
  let points = 0;
  for (let at = 0; ; at += 1) {
    const profile = new MemoryProfile();
    const registry = await profile.registry();
    await make(profile, await registry.open(), 'Anna’s');
    await registry.enter(asAnna);
    profile.open(`CacawInventory.${newCollectionId(strongRandom)}.free.notebook.0`);
    const outcome = await cutAt(profile, at, () => registry.leave(anna, 'wipe'));
    if (outcome !== 'died') break;
    points += 1;

    const after = await profile.registry();
    const place = await after.open();
    await settled();
    if (place.account === anna) continue; // it had not begun
    expect(await shown(profile, place)).toEqual([]);
    expect([...profile.disks.keys()].filter((name) => name === 'CacawInventory' || name.includes('.free.'))).toEqual([]);
    expect(await shown(profile, await after.enter(asAnna))).toEqual([]);
    expect(profile.errors).toEqual([]);
  }
  expect(points).toBeGreaterThan(5);
});

test('[L84] a wipe that could not be finished says so', async () => {
  const profile = new MemoryProfile();
  const registry: AccountRegistry = await profile.registry();
  const { database } = await registry.enter(asAnna);
  profile.deleteDatabase = async () => undefined;
  await expect(registry.leave(anna, 'wipe')).rejects.toMatchObject({ code: 'blocked' });
  expect(profile.disks.has(database)).toBe(true);
  expect(await registry.open()).toMatchObject({ account: null });
});

/** Runs `act` until the `at`th point of any transaction or deletion, where the browser dies. */
async function cutAt(profile: MemoryProfile, at: number, act: () => Promise<unknown>): Promise<unknown> {
  let count = 0;
  const died = new Promise<'died'>((resolve) => {
    profile.pace = () => {
      if (count++ !== at) return undefined;
      resolve('died');
      return new Promise(() => undefined);
    };
  });
  const outcome = await Promise.race([act(), died]);
  profile.crash();
  return outcome;
}
