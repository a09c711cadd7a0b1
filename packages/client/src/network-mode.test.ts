import { createMemoryStore, openDevice } from '@cacaw/core/device';
import { newCollectionId, type Json } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { answerAsRelay, createHome, TestBrowser, type TestTab } from '../test/browser.ts';
import { strongRandom } from '../test/strong-random.ts';
import type { DeviceReport, SyncReport } from './cacaw.ts';
import { networkChoice } from './network-mode.ts';

/** A browser from which nothing may leave. */
async function sealed(
  network: Json | undefined,
): Promise<{ readonly browser: TestBrowser; readonly tab: TestTab; readonly left: string[] }> {
  const browser = new TestBrowser();
  const store = browser.disk.open();
  if (network !== undefined) {
    await store.write(['settings'], async (tx) => tx.put('settings', { key: 'network', value: network }), { durability: 'strict' });
  }
  await aSharedCollection(browser);
  const left: string[] = [];
  browser.connect = () => {
    left.push('socket');
    throw new Error('A socket was opened.');
  };
  browser.http.onRequest = ({ path }) => left.push(path);
  return { browser, tab: await browser.open(), left };
}

/** What an earlier visit left: a collection that syncs, and one somebody asked to share. */
async function aSharedCollection(browser: TestBrowser): Promise<void> {
  const device = await openDevice({ store: browser.disk.open(), clock: browser.clock, random: strongRandom });
  for (const name of ['Cellar', 'Attic']) {
    const id = newCollectionId(strongRandom);
    await device.run({ type: 'createCollection', id, draft: { name, type: 'home', currency: 'EUR' } });
    if (name === 'Cellar') await device.setReach(id, { mode: 'sync', secret: 's'.repeat(43) });
    else {
      const intention = { key: `share:${id}`, value: 's'.repeat(43) };
      await device.store.write(['settings'], async (tx) => tx.put('settings', intention), { durability: 'strict' });
    }
  }
  await device[Symbol.asyncDispose]();
}

test('[L85] unless the choice reads exactly “sync”, no socket is opened and no request made, whatever is to be sent', async () => {
  for (const network of [undefined, 'local', 'Sync', '', 5, null, ['sync']]) {
    const { browser, tab, left } = await sealed(network);
    const reports: DeviceReport[] = [];
    tab.cacaw.device((report) => reports.push(report));
    const home = await createHome(tab.cacaw);
    await tab.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
    tab.cacaw.people(home, () => undefined);
    tab.cacaw.retry();
    await tab.cacaw.setName('Anna');
    await browser.clock.advance(600_000);

    expect(left).toEqual([]);
    expect(reports).toEqual([{ network: 'local', connection: 'local' }]);
    expect(browser.errors).toEqual([]);
  }
});

test('[L85] a person’s “this device only” is kept by links and sharing too, which say so', async () => {
  const { browser, tab, left } = await sealed('local');
  const home = await createHome(tab.cacaw);
  const link = `https://app.test/c/${'a'.repeat(22)}#${'s'.repeat(43)}`;
  await expect(tab.cacaw.share(home)).rejects.toMatchObject({ code: 'local-only' });
  await expect(tab.cacaw.openLink(link)).rejects.toMatchObject({ code: 'local-only' });
  for (const asking of [
    tab.cacaw.lookInvite(link),
    tab.cacaw.acceptInvite(link),
    tab.cacaw.members(home),
    tab.cacaw.createInvite(home, { role: 'viewer' }),
  ]) {
    await expect(asking).rejects.toMatchObject({ code: 'local-only' });
  }
  await browser.clock.advance(60_000);
  expect(left).toEqual([]);
  expect(await networkChoice(browser.disk.open())).toBe('local');
});

test('[L85] switching takes effect at once, in every tab: what waits is counted, then sent', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  await leader.cacaw.share(home);
  const relay = await answerAsRelay(browser);
  const reports: SyncReport[] = [];
  const devices: DeviceReport[] = [];
  follower.cacaw.status(home, (report) => reports.push(report));
  follower.cacaw.device((report) => devices.push(report));

  await follower.cacaw.setNetwork('local');
  await browser.clock.advance(1_000);
  expect(relay.isOpen).toBe(false);
  await leader.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  await leader.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Saw' }] });
  await browser.clock.advance(60_000);
  expect(reports.at(-1)).toMatchObject({ status: { state: 'local' }, pending: 3 });
  expect(devices.at(-1)).toEqual({ network: 'local', connection: 'local' });

  await leader.cacaw.setNetwork('sync');
  const again = await answerAsRelay(browser);
  await browser.clock.advance(1_000);

  expect(again.all('join')).toHaveLength(1);
  expect(devices.at(-1)).toEqual({ network: 'sync', connection: 'open' });
});

test('[L85] a choice that cannot be read is no choice to sync', async () => {
  const store = createMemoryStore();
  expect(await networkChoice(store)).toBe('unset');
  await store.write(['settings'], async (tx) => tx.put('settings', { key: 'network', value: { mode: 'sync' } }), { durability: 'strict' });
  expect(await networkChoice(store)).toBe('local');
});

test('[L93] what stands on this device only is named, with how many changes were never sent', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  expect(await cacaw.onlyHere()).toEqual([{ collection: home, name: 'Home', changes: 1, photos: 0, isOnlyHere: true }]);
  await cacaw.share(home);
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }, { name: 'Saw' }] });
  expect(await cacaw.onlyHere()).toEqual([{ collection: home, name: 'Home', changes: 2, photos: 0, isOnlyHere: false }]);
});
