import { expect, test } from 'vitest';
import { answerAsRelay, createHome, Screen, TestBrowser } from '../test/browser.ts';

/** A shared collection with one item, and a relay that has let us in. */
async function openShared() {
  const browser = new TestBrowser();
  const tab = await browser.open();
  const home = await createHome(tab.cacaw);
  await tab.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  await tab.cacaw.share(home);
  const link = `https://app.test/c/${home}#${'s'.repeat(43)}`;
  const relay = await answerAsRelay(browser);
  const screen = new Screen(tab.cacaw, home);
  await browser.clock.advance(1_000);
  return { browser, ...tab, home, link, relay, screen };
}

test.each(['removed', 'erased'] as const)(
  '[L64] a collection that was %s leaves with its notebook, and every tab says so',
  async (reason) => {
    const { browser, store, home, relay, screen } = await openShared();
    const other = new Screen((await browser.open()).cacaw, home);
    await browser.clock.advance(1_000);

    relay.send({ type: 'gone', collection: 1, reason });
    await browser.clock.advance(1_000);

    expect(browser.forgotten).toEqual([home]);
    for (const one of [screen, other]) {
      expect(one.shown).toEqual([]);
      expect(one.collections).toMatchObject([{ name: 'Home', gone: reason, secret: null, parting: { unsent: 2 } }]);
    }
    expect(await store.read(['pending'], (tx) => tx.count('pending', {}))).toBe(0);
  },
);

test('[L64] a tab that died before the notebook was gone leaves it to the next', async () => {
  const { browser, cacaw, home, relay } = await openShared();
  relay.send({ type: 'gone', collection: 1, reason: 'removed' });
  await browser.clock.advance(1_000);
  await cacaw.close();
  browser.forgotten.length = 0;

  await browser.open();
  await browser.clock.advance(1_000);

  expect(browser.forgotten).toEqual([home]);
});

test('[L64] a deleted collection keeps its rows, its notebook and its unsent edits, which can be read', async () => {
  const { browser, cacaw, home, relay, screen } = await openShared();

  relay.send({ type: 'gone', collection: 1, reason: 'deleted' });
  await browser.clock.advance(1_000);

  expect(browser.forgotten).toEqual([]);
  expect(screen.shown).toEqual(['Drill']);
  const unsent = await cacaw.unsent(home);
  expect(unsent.map(({ text }) => text).join('\n')).toContain('Drill');
});

test('[L64] the link of a collection that was taken away opens it like a new one, or leaves nothing behind', async () => {
  const { browser, cacaw, link, relay, screen } = await openShared();
  relay.send({ type: 'gone', collection: 1, reason: 'removed' });
  await browser.clock.advance(1_000);

  const opening = cacaw.openLink(link).catch((error: unknown) => error);
  await browser.clock.advance(60_000);

  expect(await opening).toMatchObject({ code: expect.stringMatching(/unknown-link|unreachable/) as string });
  await browser.clock.advance(1_000);
  expect(screen.collections).toEqual([]);
});
