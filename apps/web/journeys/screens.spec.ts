import { expect, test } from './fixture.ts';

test('[W26] no screen is wider than a phone', async ({ visit }) => {
  test.slow();
  const anna = await visit({ phone: true });
  const { page } = anna;
  await anna.open('/');
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await expect(page.getByRole('heading', { name: 'The house on Crow Lane' })).toBeVisible();
  const { pathname } = new URL(page.url());
  for (const path of [pathname, `${pathname}?pane=folders`, `${pathname}/trash`, `${pathname}/notebook`, '/collections', '/import']) {
    await anna.open(path);
    await expect(page.getByRole('heading').first()).toBeVisible();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: path }).toBeLessThanOrEqual(390);
    const buttons = await page.getByRole('button').or(page.getByRole('link')).all();
    for (const button of buttons) {
      const box = await button.boundingBox();
      if (box && box.width > 1) expect(box.x + box.width, `${path}: ${(await button.textContent()) ?? ''}`).toBeLessThanOrEqual(390);
    }
  }
});

test('[W27] text typed after a click looks like what stands before the caret, not like what was typed last', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Looks');
  await anna.openNotebook();
  const { page, notebookPage } = anna;
  await notebookPage.pressSequentially('plain ');
  await page.keyboard.press('Control+i');
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
