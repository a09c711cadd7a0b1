import { expect, expectAccessible, test } from './fixture.ts';

test('[J1] a first visit makes a collection and an item with no account, and both are there after a reload', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.open('/');
  for (const choice of ['New collection', 'Try the demo']) await expect(page.getByRole('button', { name: choice })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Import' })).toBeVisible();
  await expectAccessible(page);

  await anna.makeCollection('Pokémon cards', 'trading-cards');
  await expectAccessible(page);
  await anna.addItem('Charizard 4/102');
  await expect(anna.chip).toHaveText('Saved on this device');
  await expectAccessible(page);

  await page.reload();
  await expect(anna.row('Charizard 4/102')).toBeVisible();
  await expect(page.getByText(/sign in|log in/i)).toHaveCount(0);

  await anna.open('/');
  await expect(page).toHaveURL(/\/c\//);
});

test('[J1] name and Enter keeps the cursor for the next item, and the keyboard does the rest', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await expect(page.getByLabel(/^Add an item/)).toBeFocused();
  for (const name of ['Atlas', 'Binoculars', 'Compass']) {
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await expect(anna.row(name)).toBeVisible();
  }
  await expect(page.getByLabel(/^Add an item/)).toBeFocused();

  await page.getByRole('grid', { name: 'Items' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Item Binoculars' })).toBeVisible();

  await page.getByRole('grid', { name: 'Items' }).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('“Binoculars” moved to Trash')).toBeVisible();
  await expect(anna.row('Binoculars')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(anna.row('Binoculars')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel(/^Add an item/)).toBeFocused();
});

/** Runs in the page before anything else: what is asked for when the items of the demo are to be made is a reload, once, and not the items. */
function reloadHalfWay(): void {
  // oxlint-disable-next-line typescript/unbound-method -- the proxy calls it on the port it was called on
  MessagePort.prototype.postMessage = new Proxy(MessagePort.prototype.postMessage, {
    apply(post, port, given: readonly unknown[]): void {
      const isHalfWay = JSON.stringify(given).includes('"addItems"') && sessionStorage.getItem('reloaded') === null;
      if (!isHalfWay) return Reflect.apply(post, port, given) as undefined;
      sessionStorage.setItem('reloaded', 'yes');
      location.reload();
    },
  });
}

test('[J14] the demo is whole after a reload or a closed tab while it was being filled, and there is one of it', async ({ visit }) => {
  for (const comesBack of ['to where it was', 'to the first page'] as const) {
    const { page, origin } = await visit();
    await page.addInitScript(reloadHalfWay);
    await page.goto(origin);
    await page.getByRole('button', { name: 'Try the demo' }).click();
    await expect.poll(() => page.evaluate(() => sessionStorage.getItem('reloaded')).catch(() => null)).toBe('yes');
    if (comesBack === 'to the first page') await page.goto(origin);

    await expect(page.getByText(/^260 items/)).toBeVisible();
    await expect(page).toHaveURL(/\/c\//);
    await page.goto(`${origin}/collections`);
    await expect(page.getByRole('link', { name: /Crow Lane/ })).toHaveCount(1);
    await page.goto(`${origin}/demo`);
    await expect(page, 'an address alone makes nothing').toHaveURL(/\/c\//);
    await page.goto(`${origin}/collections`);
    await expect(page.getByRole('link', { name: /Crow Lane/ })).toHaveCount(1);
  }
});

test('[J14] where nothing can be remembered of it, the demo is made all the same', async ({ visit }) => {
  const { page, origin } = await visit();
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('There is no room.', 'QuotaExceededError');
    };
  });
  await page.goto(origin);
  await page.getByRole('button', { name: 'Try the demo' }).click();

  await expect(page.getByText(/^260 items/)).toBeVisible();
});

test('[J61] an address nothing lives at says so, is loaded once, and leads back', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  let loads = 0;
  page.on('request', (request) => (loads += request.isNavigationRequest() ? 1 : 0));
  await anna.open('/account/nonsense');
  await expect(page.getByRole('heading', { name: 'Nothing shiny here' })).toBeVisible();
  await expectAccessible(page);
  expect(loads).toBe(1);
  await page.getByRole('link', { name: 'To my collections' }).click();
  await expect(page).toHaveURL(/\/collections$/);
});

for (const phone of [false, true]) {
  test(`[J1] the demo opens on every screen without a violation, on a ${phone ? 'phone' : 'desktop'}`, async ({ visit }) => {
    test.slow();
    const anna = await visit({ phone });
    const { page } = anna;
    await anna.open('/');
    await page.getByRole('button', { name: 'Try the demo' }).click();
    await expect(page.getByRole('heading', { name: 'The house on Crow Lane' })).toBeVisible();
    const address = page.url();
    await anna.openItem('Advent candles');
    await expectAccessible(page);
    await page.getByRole('button', { name: phone ? 'Back to the list' : 'Close', exact: true }).click();
    for (const view of ['Grid', 'Table', 'List']) {
      await page.getByRole('button', { name: view, exact: true }).click();
      await expect(page.getByText('Advent candles')).toBeVisible();
      await expectAccessible(page);
    }
    for (const path of ['?pane=folders', '/trash', '/notebook']) {
      await page.goto(`${address}${path}`);
      await expect(page.getByRole('region', { name: /Folders|Trash|Notebook/ }).first()).toBeVisible();
      await expectAccessible(page);
    }
    await anna.open('/collections');
    await page.getByLabel('Search everything on this device').fill('candles');
    await expect(page.getByRole('link', { name: /Advent candles/ })).toBeVisible();
    await expectAccessible(page);
    await anna.open('/import');
    await expectAccessible(page);
  });
}
