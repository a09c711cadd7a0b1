import type { Page } from '@playwright/test';
import { looks, openReview, photograph } from './detection-steps.ts';
import { expect, test } from './fixture.ts';
import { newPerson } from './person.ts';
import { picture } from './picture.ts';
import { thing } from './vision.ts';

/** Nothing on screen reaches past the edge of a phone, seen or not. */
async function expectNarrow(page: Page, where: string): Promise<void> {
  const reaching = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((one) => one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().right > 390.5)
        .map((one) => `${one.tagName} ${one.textContent.slice(0, 40)}`),
    );
  await expect.poll(reaching, { message: where }).toEqual([]);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: where }).toBeLessThanOrEqual(390);
}

/** Everything that is pressed is large enough for a finger; what stands in running text is as high as its line. */
async function expectTouchable(page: Page, where: string): Promise<void> {
  const small = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, select, textarea, input')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.closest('p, small'))
        .map((one) => (one instanceof HTMLInputElement ? (one.closest<HTMLElement>('label, .check') ?? one) : one))
        .map((one) => ({ one, box: one.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 1 && (box.width < 43.5 || box.height < 43.5))
        .map(({ one, box }) => `${one.ariaLabel ?? one.textContent.trim().slice(0, 40)} ${box.width} x ${box.height}`),
    );
  await expect.poll(small, { message: where }).toEqual([]);
}

test('[W26][W33] no screen is wider than a phone, and nothing on it too small for a finger', async ({ visit }) => {
  test.slow();
  const anna = await visit({ phone: true });
  const { page } = anna;
  await anna.open('/');
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await expect(page.getByRole('heading', { name: 'The house on Crow Lane' })).toBeVisible();
  // The heading is there before what is in the house; whoever leaves then takes nothing of it along.
  await expect(page.getByText('7 Wonders')).toBeVisible();
  const { pathname } = new URL(page.url());
  for (const path of [pathname, `${pathname}?pane=folders`, `${pathname}/trash`, `${pathname}/notebook`, '/collections', '/import']) {
    await anna.open(path);
    await expect(page.getByRole('heading').first()).toBeVisible();
    await expectNarrow(page, path);
    await expectTouchable(page, path);
  }
  await anna.open(pathname);
  for (const look of ['Table', 'Grid']) {
    await page.getByRole('button', { name: look, exact: true }).click();
    await expect(page.getByText('7 Wonders')).toBeVisible();
    await expectTouchable(page, look);
  }
  await page.getByText('7 Wonders').click();
  await expect(anna.detail).toBeVisible();
  await expectNarrow(page, 'item');
  await expectTouchable(page, 'item');
});

test('[W26][W33] no screen of an account is wider than a phone, nor one that is offline or gone', async ({ visit }) => {
  test.slow();
  const anna = await visit({ phone: true });
  const { page } = anna;
  await anna.open('/sign-up');
  await anna.fillSignUp(newPerson('Anna'));
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  await expectNarrow(page, 'check mail');
  await anna.signUp(newPerson('Anna'));
  for (const path of ['/account', '/account/security', '/account/devices', '/account/my-data']) {
    await anna.open(path);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expectNarrow(page, path);
    await expectTouchable(page, path);
  }
  await page.getByRole('button', { name: 'Delete account…' }).click();
  await expect(page.getByRole('button', { name: 'Delete my account for good' })).toBeEnabled();
  await expectNarrow(page, 'delete account');

  await anna.makeCollection('Grandmother’s china and silver');
  await anna.addItem('Teapot');
  await anna.isSynced();
  const { pathname } = new URL(page.url());
  await anna.open(`${pathname}/audit`);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await expectNarrow(page, 'audit log');
  await anna.open(pathname);
  await expect(anna.row('Teapot')).toBeVisible();
  await anna.goOffline();
  await anna.addItem('Sugar tongs');
  await expect(anna.chip).toHaveText(/^Offline — 1/);
  await expectNarrow(page, 'offline');
  await anna.goOnline();
  await anna.isSynced();
  await anna.openSharing();
  await anna.shareDialog.getByRole('button', { name: 'Delete this collection…' }).click();
  await expect(anna.shareDialog.getByRole('textbox', { name: /to confirm/ })).toBeInViewport();
  await anna.shareDialog.getByRole('textbox', { name: /to confirm/ }).fill('Grandmother’s china and silver');
  await anna.shareDialog.getByRole('button', { name: 'Delete collection' }).click();
  await expect(page.getByRole('button', { name: 'Save my copy as a file' })).toBeVisible();
  await expectNarrow(page, 'gone');
});

test('[W26][W33] nor are proposals wider than a phone, and they are gone through with a finger', async ({ visit, app: { vision } }) => {
  const anna = await visit({ as: 'Anna', phone: true, collection: 'Living room' });
  const { page } = anna;
  const box = { x: 0.1, y: 0.1, width: 0.4, height: 0.4 };
  await vision.next({ items: [thing('Wall clock', 0.9, box, { barcodes: ['4006381333931', '96385074'] }), thing('Radio', 0.7, box)] });
  await photograph(anna, picture('shelf.png', { hue: 320 }));
  await expect(looks(page).getByText('2 things found — review')).toBeVisible({ timeout: 20_000 });
  await expectNarrow(page, 'looks');
  await expectTouchable(page, 'looks');
  await openReview(anna, '2 things found — review');
  await page.getByRole('button', { name: 'More of Wall clock' }).click();
  await expectNarrow(page, 'review');
  await expectTouchable(page, 'review');
});

test('[W27] text typed after a click looks like what stands before the caret, not like what was typed last', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Looks');
  await anna.openNotebook();
  const { page, notebookPage } = anna;
  await notebookPage.pressSequentially('plain ');
  await page.keyboard.press('Control+i');
  // As a busy browser does, which tells only now that typing has moved the caret.
  await page.evaluate(() => document.dispatchEvent(new Event('selectionchange')));
  await page.keyboard.type('slanted');
  await page.keyboard.press('Control+i');
  await page.keyboard.type(' again');
  await expect(notebookPage.locator('em')).toHaveText('slanted');

  await notebookPage.locator('em').click();
  await page.keyboard.press('End');
  await page.keyboard.type('!');
  await page.keyboard.press('Home');
  await page.keyboard.type('So ');
  await expect(notebookPage.locator('em')).toHaveText('slanted');
  await expect(notebookPage.locator('.text')).toHaveText('So plain slanted again!');
});

test('[W28] an item comes back from its own line in the Trash', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Flat');
  for (const name of ['Lamp', 'Desk']) await anna.addItem(name);
  const { page } = anna;
  await anna.row('Lamp').getByText('Lamp').click();
  await page.getByRole('button', { name: 'Move to Trash' }).click();
  await expect(anna.row('Lamp')).toHaveCount(0);

  await page.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Trash' }).click();
  await page.getByRole('button', { name: 'Restore Lamp' }).click();
  await expect(page.getByText('Nothing thrown out')).toBeVisible();
  await anna.openItems();
  await expect(anna.row('Lamp')).toBeVisible();
});

test('[W30] a dialog begins in its first field, and closing it leads back', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Flat');
  await anna.addItem('Lamp');
  const { page } = anna;
  const opener = page.getByRole('button', { name: 'New folder' });
  await opener.click();
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Attic');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('treeitem', { name: /Attic/ })).toBeVisible();
  await expect(opener).toBeFocused();

  await page.getByRole('grid', { name: 'Items' }).focus();
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.type('att');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 item moved to “Attic”')).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Items' })).toBeFocused();
});
