import { CommandError } from '@cacaw/core';
import { newCommandId, type BlobHash, type CollectionId, type ItemId, type PhotoView } from '@cacaw/protocol';
import { problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { tokenFor } from '../test/account-token.ts';
import { anna, answerAsRelay, createHome, Screen, TestBrowser } from '../test/browser.ts';
import { settled } from '../test/manual-clock.ts';
import { strongRandom } from '../test/strong-random.ts';

/** A link somebody got before there were accounts. */
const linkOf = (collection: CollectionId): string => `https://app.test/c/${collection}#${'s'.repeat(43)}`;

test('[L56] a command is kept and shown in lists, tree and item without a network', async () => {
  const browser = new TestBrowser();
  browser.network.set(false);
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const screen = new Screen(cacaw, home);
  const { folders } = await cacaw.run({ type: 'addFolder', collection: home, draft: { name: 'Shed' } });
  const { items } = await cacaw.run({
    type: 'addItems',
    collection: home,
    drafts: [{ name: 'Drill', folderId: folders[0] }, { name: 'Saw' }],
  });
  await browser.clock.advance(1_000);

  expect(screen.shown.toSorted()).toEqual(['Drill', 'Saw']);
  expect(screen.tree?.nodes.map(({ row, items: count }) => [row.name, count])).toEqual([['Shed', 1]]);
  expect(screen.collections.map(({ name, mode }) => [name, mode])).toEqual([['Home', 'local']]);
  const [drill] = items;
  if (drill === undefined) throw new Error('addItems made nothing');
  const names: (string | undefined)[] = [];
  cacaw.item(drill, (row) => names.push(row?.name));
  await settled();
  await cacaw.run({ type: 'editItem', collection: home, item: drill, change: { name: 'Hammer drill' } });
  await browser.clock.advance(1_000);
  expect(names).toEqual(['Drill', 'Hammer drill']);
  expect(screen.shown).toContain('Hammer drill');
  expect(await cacaw.search('hammer', 10)).toHaveLength(1);
  expect(browser.errors).toEqual([]);
});

test('[L56] a command that cannot be done is refused with its code, and nothing is written', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  for (const { cacaw } of [leader, follower]) {
    const failure = cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: '' }] });
    await expect(failure).rejects.toBeInstanceOf(CommandError);
    await expect(failure).rejects.toMatchObject({ code: 'name-missing' });
  }
  const screen = new Screen(leader.cacaw, home);
  await browser.clock.advance(1_000);
  expect(screen.ids).toEqual([]);
});

test('[L57] every tab shows what any tab did', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(follower.cacaw);
  const screens = [leader, follower].map(({ cacaw }) => new Screen(cacaw, home));
  await leader.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'from the leader' }] });
  await follower.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'from the follower' }] });
  await browser.clock.advance(1_000);

  for (const screen of screens) expect(screen.shown.toSorted()).toEqual(['from the follower', 'from the leader']);
});

test('[L57] a follower whose leader is killed between commit and answer has its command once, and sees it', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  const screen = new Screen(follower.cacaw, home);
  await browser.clock.advance(1_000);
  const { faults } = leader.store;
  faults.pace = (point) => {
    if (point !== 'complete') return undefined;
    faults.pace = undefined;
    leader.kill();
    return undefined;
  };

  const id = newCommandId(strongRandom);
  const result = await follower.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] }, id);
  await browser.clock.advance(1_000);

  expect(result.id).toBe(id);
  expect(screen.shown).toEqual(['Drill']);
  expect(screen.ids).toEqual(result.items);
});

test('[L57] a tab that slept through everything shows it when it wakes', async () => {
  const browser = new TestBrowser();
  const [leader, sleeper, third] = [await browser.open(), await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  const screen = new Screen(sleeper.cacaw, home);
  await browser.clock.advance(1_000);
  sleeper.freeze();
  await leader.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'while asleep' }] });
  leader.kill();
  // The sleeper is next in the queue of the lock, so the third tab has to lose patience with it.
  const added = third.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'under another leader' }] });
  await browser.clock.advance(20_000);
  await added;
  sleeper.thaw();
  await browser.clock.advance(5_000);

  expect(screen.shown.toSorted()).toEqual(['under another leader', 'while asleep']);
});

test('[L58] sharing makes the collection the account’s own at the relay, once', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const screen = new Screen(cacaw, home);

  await cacaw.share(home);
  await cacaw.share(home);
  await browser.clock.advance(1_000);

  expect(browser.founded).toEqual([{ id: home }]);
  expect(screen.collections[0]).toMatchObject({ mode: 'sync', role: 'owner', secret: null });
  const asked = browser.http.heard.find(({ method, path }) => method === 'POST' && path === '/api/collections');
  expect(asked?.init).toMatchObject({ credentials: 'omit', headers: { authorization: `Bearer ${tokenFor(anna)}` } });
});

test('[L58] without an account nothing is asked of the relay, and that is said', async () => {
  const browser = new TestBrowser({ account: null });
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);

  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'sign-in-first' });
  await expect(cacaw.createInvite(home, { role: 'editor' })).rejects.toMatchObject({ code: 'sign-in-first' });
  await browser.clock.advance(60_000);

  expect(browser.http.heard).toEqual([]);
});

test('[L58] a share without a relay says so, leaves the collection local, and is finished later', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const screen = new Screen(cacaw, home);
  browser.network.set(false);
  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'offline' });
  browser.http.on('POST /api/collections', { status: 503 });
  browser.network.set(true);
  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'unreachable' });
  await browser.clock.advance(100);
  expect(screen.collections[0]?.mode).toBe('local');

  browser.http.on('POST /api/collections', { status: 201, body: { id: home, created: true } });
  await browser.clock.advance(60_000);

  expect(screen.collections[0]?.mode).toBe('sync');
});

test('[L58] a share the relay refuses stays local, says why, and is tried again only when somebody asks', async () => {
  const browser = new TestBrowser();
  const limit = problemOf('limit-reached', 'The tier "free" allows 3 collections of one\'s own, and 3 are there.');
  browser.http.on('POST /api/collections', { status: 403, body: limit });
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);

  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'limit', message: limit.detail });
  const asked = browser.founded.length;
  await browser.clock.advance(300_000);
  expect(browser.founded).toHaveLength(asked);
  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'limit' });

  expect(browser.founded).toHaveLength(asked + 1);
});

test('[L59] a link that is none of ours, or cannot be reached, opens nothing', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const screen = new Screen(cacaw, await createHome(cacaw));
  await expect(cacaw.openLink('https://app.test/c/short#secret')).rejects.toMatchObject({ code: 'bad-link' });
  const link = `https://app.test/c/${'a'.repeat(22)}#${'s'.repeat(43)}`;
  browser.network.set(false);
  await expect(cacaw.openLink(link)).rejects.toMatchObject({ code: 'offline' });
  browser.network.set(true);
  const opening = expect(cacaw.openLink(link)).rejects.toMatchObject({ code: 'unreachable' });
  await browser.clock.advance(30_000);
  await opening;
  await browser.clock.advance(1_000);
  expect(screen.collections.map(({ name }) => name)).toEqual(['Home']);
});

test('[L59] the link of a collection that is here already opens it and changes nothing', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const screen = new Screen(cacaw, home);
  await cacaw.share(home);
  browser.network.set(false);

  expect(await cacaw.openLink(linkOf(home))).toBe(home);

  await browser.clock.advance(1_000);
  expect(screen.collections[0]).toMatchObject({ mode: 'sync', secret: null });
});

test('[L59] the link of a collection that is gone but kept here asks the relay again and loses nothing', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  await cacaw.share(home);
  const relay = await answerAsRelay(browser);
  relay.send({ type: 'gone', collection: 1, reason: 'deleted' });
  await browser.clock.advance(1_000);
  const screen = new Screen(cacaw, home);
  await browser.clock.advance(1_000);
  expect(screen.collections[0]?.gone).toBe('deleted');

  const opening = cacaw.openLink(linkOf(home)).catch(() => undefined);
  await browser.clock.advance(30_000);
  await opening;

  expect(screen.shown).toEqual(['Drill']);
  expect(screen.collections.map(({ name }) => name)).toEqual(['Home']);
  expect(relay.all('join')).toHaveLength(2);
});

test('[L60] forgetting a collection wipes everything of it from the device and every tab', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  const other = await createHome(leader.cacaw);
  await follower.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  const screen = new Screen(leader.cacaw, home);
  await browser.clock.advance(1_000);

  await follower.cacaw.forget(home);
  await browser.clock.advance(1_000);

  expect(screen.ids).toEqual([]);
  expect(screen.collections.map(({ id }) => id)).toEqual([other]);
  expect(browser.forgotten).toEqual([home]);
  for (const name of ['items', 'folders', 'confirmed', 'pending', 'journal', 'cursors', 'tray'] as const) {
    const rows = await leader.store.read([name], (tx) => tx.range(name, {}));
    expect(rows.filter((row) => 'collection' in row && row.collection === home)).toEqual([]);
  }
});

test('[L60] a forgotten collection is not shared later, though that was once asked for', async () => {
  const browser = new TestBrowser();
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const screen = new Screen(cacaw, home);
  browser.network.set(false);
  await expect(cacaw.share(home)).rejects.toMatchObject({ code: 'offline' });

  await cacaw.forget(home);
  browser.network.set(true);
  await browser.clock.advance(120_000);

  expect(screen.collections).toEqual([]);
  expect(browser.founded).toEqual([]);
});

test('[L61] a device has one account secret and one name, whatever its tabs do', async () => {
  const browser = new TestBrowser({ account: null });
  const [first, second] = [await browser.open(), await browser.open()];
  await first.cacaw.setNetwork('sync');
  await first.cacaw.setName('Anna');
  expect(await second.cacaw.name()).toBe('Anna');
  await browser.clock.advance(1_000);
  const settings = await first.store.read(['settings'], (tx) => tx.range('settings', {}));
  expect(settings.filter(({ key }) => key === 'account-secret')).toHaveLength(1);
});

test('[L62] whoever looks at the people of a collection is there, where they are, until they look away', async () => {
  const browser = new TestBrowser();
  const [leader, follower] = [await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  await leader.cacaw.share(home);
  const { items } = await leader.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  const [drill] = items;
  if (drill === undefined) throw new Error('addItems made nothing');
  const relay = await answerAsRelay(browser);
  const said = (): readonly (readonly [string, string])[] => relay.all('presence').map(({ item, field }) => [item, field]);

  const look = follower.cacaw.people(home, () => undefined);
  await browser.clock.advance(1_000);
  expect(said()).toEqual([['', '']]);
  follower.cacaw.present(home, drill, 'name');
  await browser.clock.advance(1_000);
  expect(said().at(-1)).toEqual([drill, 'name']);

  look();
  await browser.clock.advance(1_000);
  const before = said().length;
  await browser.clock.advance(60_000);
  expect(said().length).toBe(before);
});

test('[L62] a tab that died is said no longer, and the new leader says again who is where', async () => {
  const browser = new TestBrowser();
  const [leader, survivor, dying] = [await browser.open(), await browser.open(), await browser.open()];
  const home = await createHome(leader.cacaw);
  await leader.cacaw.share(home);
  const first = await answerAsRelay(browser);
  survivor.cacaw.people(home, () => undefined);
  dying.cacaw.people(home, () => undefined);
  await browser.clock.advance(1_000);
  expect(new Set(first.all('presence').map(({ tab }) => tab)).size).toBe(2);

  dying.kill();
  leader.kill();
  const second = await answerAsRelay(browser);

  expect(new Set(second.all('presence').map(({ tab }) => tab)).size).toBe(1);
});

test('[L96] a photo is answered from the device, its small square only by the view it was made by', async () => {
  const browser = new TestBrowser();
  browser.network.set(false);
  const { cacaw } = await browser.open();
  const home = await createHome(cacaw);
  const [whole, square, turned] = ['picture', 'square', 'turned'].map((text) => new Blob([text])) as [Blob, Blob, Blob];
  const [hash, other] = ['a'.repeat(64), 'b'.repeat(64)] as [BlobHash, BlobHash];
  const photo = { hash, width: 4, height: 3, mediaType: 'image/webp', blob: whole, thumbnail: square };
  const { items } = await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill', photos: [photo] }] });

  expect(await cacaw.photo(home, hash, 'full')).toEqual({ state: 'here', blob: whole });
  expect(await cacaw.photo(home, hash, '150')).toEqual({ state: 'here', blob: square });
  const view: PhotoView = { turns: 1, crop: null };
  expect(await cacaw.photo(home, hash, '300', view)).toEqual({ state: 'offline' });
  const [item] = items as [ItemId];
  await cacaw.run({ type: 'editPhoto', collection: home, item, photo: hash, change: { view, thumbnail: turned } });
  expect(await cacaw.photo(home, hash, '300', view)).toEqual({ state: 'here', blob: turned });
  expect(await cacaw.photo(home, other, 'full')).toEqual({ state: 'offline' });
});
