import { CommandError, type ItemRow } from '@cacaw/core';
import { StoreError } from '@cacaw/core/device';
import { afterEach, expect, test } from 'vitest';
import { createHome, Screen, TestBrowser } from '../test/browser.ts';
import { settled } from '../test/manual-clock.ts';
import { createMessagePort } from './message-port.ts';
import type { Cacaw } from './cacaw.ts';
import { connectCacaw, serveCacaw } from './rpc.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) for (const port of [port1, port2]) port.close();
});

function connect(host: Cacaw | Promise<Cacaw>): Cacaw {
  const channel = new MessageChannel();
  channels.push(channel);
  serveCacaw(host, createMessagePort(channel.port1));
  return connectCacaw(createMessagePort(channel.port2));
}

async function openPage(): Promise<{ readonly browser: TestBrowser; readonly page: Cacaw }> {
  const browser = new TestBrowser();
  return { browser, page: connect((await browser.open()).cacaw) };
}

test('[L65] a page at the other end of a message port has the whole engine', async () => {
  const { browser, page } = await openPage();
  const home = await createHome(page);
  const screen = new Screen(page, home);
  const { items } = await page.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill', tags: ['tool'] }] });
  await browser.clock.advance(1_000);

  expect(screen.shown).toEqual(['Drill']);
  expect((await page.rows(items)).map(({ name }) => name)).toEqual(['Drill']);
  expect((await page.search('drill', 5)).map(({ row }) => row.id)).toEqual(items);
  await page.share(home);
  browser.http.on(`GET /api/collections/${home}/members`, { status: 200, body: [] });
  expect(await page.members(home)).toEqual([]);
  await page.setName('Anna');
  expect(await page.name()).toBe('Anna');
  expect(await page.refused(home)).toEqual([]);
});

test('[L65] errors keep class, code and details', async () => {
  const { page } = await openPage();
  const home = await createHome(page);
  const failure = await page.run({ type: 'addItems', collection: home, drafts: [{ name: '' }] }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CommandError);
  expect(failure).toMatchObject({ code: 'name-missing' });
  await expect(page.openLink('nonsense')).rejects.toMatchObject({ code: 'bad-link' });
});

test('[L66] a stopped subscription says nothing more', async () => {
  const { browser, page } = await openPage();
  const home = await createHome(page);
  const { items } = await page.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  const [drill] = items;
  if (drill === undefined) throw new Error('addItems made nothing');
  const seen: (ItemRow | null)[] = [];
  const stop = page.item(drill, (row) => seen.push(row));
  await browser.clock.advance(100);
  stop();
  await page.run({ type: 'editItem', collection: home, item: drill, change: { name: 'Hammer drill' } });
  await browser.clock.advance(1_000);
  expect(seen.map((row) => row?.name)).toEqual(['Drill']);
});

test('[L66] a closed page stops everything and rejects what is still asked of it', async () => {
  const { page } = await openPage();
  await page.close();
  await expect(page.name()).rejects.toBeInstanceOf(StoreError);
  await expect(page.name()).rejects.toMatchObject({ code: 'closed' });
});

test('[L67] what a page asks before the engine is open is answered in order once it is', async () => {
  const browser = new TestBrowser();
  const opening = Promise.withResolvers<Cacaw>();
  const page = connect(opening.promise);
  const home = createHome(page);
  const added = home.then((collection) => page.run({ type: 'addItems', collection, drafts: [{ name: 'Drill' }] }));
  await settled();
  opening.resolve((await browser.open()).cacaw);
  expect((await added).items).toHaveLength(1);
});

test('[L67] an engine that cannot open answers every call with the reason', async () => {
  const page = connect(Promise.reject(new StoreError('unavailable', 'This browser gives no storage here.')));
  await expect(page.name()).rejects.toMatchObject({ code: 'unavailable', message: 'This browser gives no storage here.' });
  await expect(createHome(page)).rejects.toBeInstanceOf(StoreError);
});
