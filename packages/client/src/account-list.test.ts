import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { createHome, Screen, TestBrowser, type TestTab } from '../test/browser.ts';
import { ScriptedRelay } from '../test/scripted-relay.ts';
import { strongRandom } from '../test/strong-random.ts';

const entry = (id: CollectionId, role = 'editor') => ({ id, role, joinedAt: '2026-11-01T10:00:00.000Z', memberCount: 2 });
const [attic, cellar] = [newCollectionId(strongRandom), newCollectionId(strongRandom)];

/** A device of an account that syncs, and the relay it is connected to. */
async function connected(): Promise<{
  readonly browser: TestBrowser;
  readonly tab: TestTab;
  readonly relay: ScriptedRelay;
  readonly screen: Screen;
}> {
  const browser = new TestBrowser();
  const relay = new ScriptedRelay(browser.clock);
  browser.connect = relay.connect;
  const tab = await browser.open();
  await tab.cacaw.setNetwork('sync');
  await browser.clock.advance(1_000);
  return { browser, tab, relay, screen: new Screen(tab.cacaw, attic) };
}

test('[L88] a second device has every collection of the account, with its role, and joins each', async () => {
  const { browser, relay, screen } = await connected();
  browser.http.on('GET /api/collections', { status: 200, body: [entry(attic, 'viewer'), entry(cellar)] });
  relay.welcome();
  await browser.clock.advance(1_000);

  expect(new Map(screen.collections.map(({ id, mode, role }) => [id, `${mode} as ${role}`]))).toEqual(
    new Map([
      [attic, 'sync as viewer'],
      [cellar, 'sync as editor'],
    ]),
  );
  expect(relay.last.all('join')).toHaveLength(2);
});

test('[L88] what another device makes is here within a minute, and at once when somebody looks again', async () => {
  const { browser, tab, relay, screen } = await connected();
  relay.welcome();
  await browser.clock.advance(1_000);
  browser.http.on('GET /api/collections', { status: 200, body: [entry(attic)] });
  await browser.clock.advance(15_000);
  relay.last.send({ type: 'pong', serverTime: browser.clock.now() });
  expect(screen.collections).toHaveLength(0);
  tab.cacaw.retry();
  await browser.clock.advance(100);
  expect(screen.collections).toHaveLength(1);
});

test('[L88] a collection taken off this device is not brought back by the list, but by its link', async () => {
  const { browser, tab, relay, screen } = await connected();
  browser.http.on('GET /api/collections', { status: 200, body: [entry(attic)] });
  relay.welcome();
  await browser.clock.advance(1_000);
  await tab.cacaw.forget(attic);
  tab.cacaw.retry();
  await browser.clock.advance(1_000);
  expect(screen.collections).toEqual([]);

  browser.http.on('POST /api/invites/accept', { status: 200, body: { collection: attic, role: 'editor' } });
  const link = `https://app.test/join/${attic}#${'s'.repeat(43)}`;
  tab.cacaw.acceptInvite(link).catch(() => undefined);
  await browser.clock.advance(1_000);
  expect(screen.collections).toMatchObject([{ id: attic }]);
});

test('[L88] a list that cannot be had is asked for again, and costs nothing that is here', async () => {
  const { browser, tab, relay, screen } = await connected();
  const home = await createHome(tab.cacaw);
  for (const answer of ['nothing', { status: 503 }, { status: 200, body: 'x' }, { status: 401 }] as const) {
    browser.http.on('GET /api/collections', answer);
    tab.cacaw.retry();
    relay.welcome();
    await browser.clock.advance(1_000);
    expect(screen.collections.map(({ id }) => id)).toEqual([home]);
  }
  expect(browser.errors).toEqual([]);
});

test('[L89] what an account makes on a device that syncs is brought to the relay by itself', async () => {
  const { browser, tab, screen } = await connected();
  const home = await createHome(tab.cacaw);
  await browser.clock.advance(1_000);
  expect(browser.founded).toEqual([{ id: home }]);
  expect(screen.collections).toMatchObject([{ id: home, mode: 'sync' }]);
});

test('[L89] what was there before the account signed up is brought as well, one after the other, when the relay answers', async () => {
  const guest = new TestBrowser({ account: null });
  const { cacaw } = await guest.open();
  const made = [await createHome(cacaw), await createHome(cacaw)];
  await cacaw.close();
  const browser = new TestBrowser({ disk: guest.disk });
  browser.http.on('POST /api/collections', 'nothing');
  const tab = await browser.open();
  await tab.cacaw.setNetwork('sync');
  await browser.clock.advance(30_000);
  expect(new Set(browser.founded.map((body) => JSON.stringify(body))).size).toBe(1);

  browser.http.on('POST /api/collections', ({ body }) => ({ status: 201, body: { ...(body as object), created: true } }));
  await browser.clock.advance(60_000);
  const screen = new Screen(tab.cacaw, attic);
  await browser.clock.advance(100);

  expect(new Map(screen.collections.map(({ id, mode }) => [id, mode]))).toEqual(new Map(made.map((id) => [id, 'sync'])));
});

test('[L89] one that the relay refuses stays local and keeps no other from coming', async () => {
  const { browser, tab, screen } = await connected();
  const [first, second] = [await createHome(tab.cacaw), newCollectionId(strongRandom)];
  const limit = problemOf('limit-reached', 'The tier allows one.');
  browser.http.on('POST /api/collections', ({ body }) =>
    (body as { readonly id: string }).id === second ? { status: 403, body: limit } : { status: 201, body: { id: first, created: true } },
  );
  await tab.cacaw.run({ type: 'createCollection', id: second, draft: { name: 'Second', type: 'home', currency: 'EUR' } });
  const third = await createHome(tab.cacaw);
  browser.http.on('POST /api/collections', ({ body }) =>
    (body as { readonly id: string }).id === second
      ? { status: 403, body: limit }
      : { status: 201, body: { ...(body as object), created: true } },
  );
  await browser.clock.advance(300_000);

  const modes = new Map(screen.collections.map(({ id, mode }) => [id, mode]));
  expect([first, second, third].map((id) => modes.get(id))).toEqual(['sync', 'local', 'sync']);
  expect(browser.founded.filter((body) => (body as { readonly id: string }).id === second)).toHaveLength(1);
});
