import { expect, test } from './fixture.ts';

test('[J9] with the server stopped everything opens, searches and edits, and syncs when it is back', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Workshop');
  for (const name of ['Vise', 'Plane', 'Chisel']) await anna.addItem(name);
  await anna.share();
  await anna.isSynced();
  await anna.openNotebook();
  await anna.notebookPage.pressSequentially('- Sharpen');
  await expect(page.getByRole('region', { name: 'Notebook' }).getByRole('status')).toHaveText('Synced');
  await anna.openItems();
  await anna.openItem('Plane');
  const address = page.url();
  await anna.isInstalled();

  await app.cut();
  await anna.goOffline();
  await page.reload();
  await expect(anna.row('Chisel')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Item Plane' })).toBeVisible();
  await page.getByLabel('Search in this list').fill('chis');
  await expect(anna.row('Vise')).toHaveCount(0);
  await expect(anna.row('Chisel')).toBeVisible();

  // What is this device's own to say needs no server.
  const settings = await page.context().newPage();
  await settings.goto(`${app.origin}/account/devices`);
  await expect(settings.getByLabel('Send photos on metered networks')).toBeEnabled();
  await settings.close();

  const second = await page.context().newPage();
  await second.goto(address);
  await expect(second.getByRole('region', { name: 'Item Plane' })).toBeVisible();
  await second.getByLabel('Series').fill('No. 4');
  await second.getByLabel('Series').press('Enter');
  await second.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Notebook' }).click();
  await expect(second.getByRole('checkbox', { name: 'Sharpen' })).toBeVisible();
  await expect(second.getByText(/not saved|isn't saved|will not be saved/i)).toHaveCount(0);
  await second.close();
  await page.close();

  const third = await anna.page.context().newPage();
  await third.goto(address);
  await expect(third.getByLabel('Series')).toHaveValue('No. 4');
  await third.getByLabel('Series').fill('No. 5');
  await third.getByLabel('Series').press('Enter');
  await expect(third.locator('.chip [role=status]')).toHaveText(/^Offline — \d+ changes? saved here$/);
  await app.mend();
  await anna.goOnline();
  await expect(third.locator('.chip [role=status]')).toHaveText(/^Synced/);
});
